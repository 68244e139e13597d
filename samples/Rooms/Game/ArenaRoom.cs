using System.Numerics;
using System.Text.Json;
using WsCluster.Behaviors;

namespace WsCluster.Samples.Rooms;

/// <summary>
/// The arena as a channel: it takes the players' moves, lets time pass and publishes how everything stands, twenty times a second. The
/// newest publication is the state, so an arena that moves to another silo goes on where it was.
/// </summary>
public sealed class ArenaRoom : ChannelBehavior<ArenaState>
{
    private const string TickTimer = "tick";
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1.0 / Arena.TicksPerSecond);
    private static readonly CallAnswer NoMove = CallAnswer.Deny(new Denial { Code = 400, Reason = "a move has x and y, together at most of length 1" });

    private Arena _arena = null!;
    private bool _isRunning;

    protected override ArenaState Apply(ArenaState state, Publication publication) => JsonSerializer.Deserialize<ArenaState>(publication.Data, StateJson)!;

    protected override ValueTask StartAsync(CancellationToken cancellationToken)
    {
        _arena = new Arena(Random.Shared, State);
        if (_arena.Players > 0)
        {
            Run();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Late joiners get the arena as it is, and draw at once.</summary>
    protected override ValueTask<SubscribeDecision> DecideSubscribeAsync(SubscribeAttempt attempt, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new SubscribeDecision
        {
            Options = new SubscribeOptions { Data = JsonSerializer.SerializeToUtf8Bytes(_arena.Describe(), StateJson) },
        });

    /// <summary>A player says where to go. Where that leads, and what is collected on the way, is up to the arena.</summary>
    protected override ValueTask<CallAnswer> CallAsync(ChannelCall call, CancellationToken cancellationToken)
    {
        if (call.Method != "move")
        {
            return ValueTask.FromResult(CallAnswer.UnknownMethod);
        }

        if (!TryReadMove(call.Data, out var wish))
        {
            return ValueTask.FromResult(NoMove);
        }

        var who = call.Caller.Info;
        _arena.Move(who.User, NameOf(who), wish);
        Run();
        return ValueTask.FromResult(CallAnswer.Done);
    }

    protected override ValueTask LeftAsync(ClientInfo info, CancellationToken cancellationToken)
    {
        _arena.Remove(info.User);
        return ValueTask.CompletedTask;
    }

    protected override ValueTask TimerAsync(string timer, CancellationToken cancellationToken)
    {
        _arena.Step();
        Channel.PublishJson(_arena.Describe(), StateJson);
        if (_arena.Players == 0)
        {
            Channel.StopTimer(TickTimer); // time stands still until somebody moves
            _isRunning = false;
        }

        return ValueTask.CompletedTask;
    }

    private void Run()
    {
        if (!_isRunning)
        {
            Channel.StartTimer(TickTimer, Tick, Tick);
            _isRunning = true;
        }
    }

    /// <summary>Clients send what they like; what is no move changes nothing.</summary>
    private bool TryReadMove(byte[] data, out Vector2 wish)
    {
        wish = default;
        try
        {
            var move = JsonSerializer.Deserialize<MoveData>(data, StateJson);
            wish = move is null ? default : new Vector2(move.X, move.Y);
            return move is not null && wish.LengthSquared() <= 1.05f; // two decimals may be a little more than 1
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private string NameOf(ClientInfo who)
    {
        try
        {
            return who.ConnInfo is { } info && JsonSerializer.Deserialize<Who>(info, StateJson)?.Name is { Length: > 0 } name ? name : "?";
        }
        catch (JsonException)
        {
            return "?"; // a token of somebody else's making
        }
    }

    private sealed record MoveData(float X, float Y);

    private sealed record Who(string? Name);
}
