using System.Collections.Concurrent;
using System.Numerics;
using System.Text.Json;
using Microsoft.Extensions.Options;
using WsCluster.Samples.Pages;

namespace WsCluster.Samples.Game;

using WsCluster.Client;

/// <summary>
/// Plays the game: moves come in as a client gets them, through a gateway; the arena goes out by grain call, twenty times a second.
/// </summary>
internal sealed class GameServer(
    IWsCluster cluster, IOptions<GameOptions> game, IOptions<PageOptions> page, TimeProvider time, ILogger<GameServer> logger) : BackgroundService
{
    /// <summary>The server's own user: its token subscribes it to the moves, which nobody else may read.</summary>
    public const string User = "game-server";

    private const string ArenaChannel = "game:arena";
    private const string MovesChannel = "moves:arena";

    private readonly ConcurrentQueue<Action<Arena>> _events = new(); // since the last tick

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var client = new WsClusterClient(game.Value.Endpoint, new ClientOptions
        {
            Name = "game",
            GetToken = _ => Task.FromResult<string?>(Token.Issue(page.Value.TokenSecret, User, null, TimeSpan.FromHours(1), MovesChannel)),
        });
        client.StateChanged += (_, change) => GameLog.Connection(logger, change.State.ToString(), change.Reason);
        await using var arena = client.NewSubscription(ArenaChannel, new SubscriptionOptions { JoinLeave = true, DropOldest = true, BufferCapacity = 1 });
        arena.Left += (_, member) => _events.Enqueue(a => a.Remove(member.Info.User));

        await client.ConnectAsync(stoppingToken);
        await arena.SubscribeAsync(stoppingToken);
        await Task.WhenAll(ReadMovesAsync(client, stoppingToken), PlayAsync(stoppingToken));
    }

    private async Task ReadMovesAsync(WsClusterClient client, CancellationToken stoppingToken)
    {
        await foreach (var publication in client.ReadAllAsync(stoppingToken))
        {
            if (publication.Info is { User.Length: > 0 } who && TryReadMove(publication, out var wish))
            {
                var name = JsonSerializer.Deserialize<Who>(who.ConnectionInfo.Span, JsonSerializerOptions.Web)?.Name ?? "?";
                _events.Enqueue(a => a.Move(who.User, name, wish));
            }
        }
    }

    private async Task PlayAsync(CancellationToken stoppingToken)
    {
        var arena = new Arena(Random.Shared);
        var channel = cluster.Channel(ArenaChannel);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / Arena.TicksPerSecond), time);
        var failing = false;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            while (_events.TryDequeue(out var happened))
            {
                happened(arena);
            }

            arena.Step();
            if (arena.Players == 0 && arena.Tick % Arena.TicksPerSecond != 0)
            {
                continue; // nobody plays: once a second is enough
            }

            try
            {
                await channel.PublishJsonAsync(arena.Describe(), cancellationToken: stoppingToken);
                failing = false;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The next state says all that this one would have said.
                if (!failing)
                {
                    GameLog.NotPublished(logger, e.Message);
                }

                failing = true;
            }
        }
    }

    /// <summary>Clients send what they like; what makes no sense is no move.</summary>
    private static bool TryReadMove(Publication publication, out Vector2 wish)
    {
        wish = default;
        try
        {
            var move = publication.ReadJson<MoveData>();
            wish = move is null ? default : new Vector2(move.X, move.Y);
            return move is not null && float.IsFinite(wish.X) && float.IsFinite(wish.Y);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed record MoveData(float X, float Y);

    private sealed record Who(string Name);
}
