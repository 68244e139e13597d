using System.Text.Json;
using Microsoft.Extensions.Options;
using WsCluster.Behaviors;

namespace WsCluster.Samples.Rooms;

/// <summary>
/// An auction as a channel: one lot after the other, each open until its time is up. Bids are calls, and are decided here one by one, so
/// no two of them can win. What was accepted is published, and the state is made of that and of nothing else.
/// </summary>
public sealed class AuctionRoom(IOptions<AuctionOptions> options) : ChannelBehavior<AuctionState>
{
    public const int TooLow = 409;
    public const int IsClosed = 410;
    public const int LeadsAlready = 422;
    public const int NoBid = 400;

    private const int HighestBid = 1_000_000;
    private const string CloseTimer = "close";
    private const string NextTimer = "next";

    private readonly HashSet<string> _present = []; // connections
    private readonly AuctionOptions _options = options.Value;

    protected override AuctionState Apply(AuctionState state, Publication publication) =>
        state.After(JsonSerializer.Deserialize<AuctionEvent>(publication.Data, StateJson)!, publication.Info?.User ?? "");

    /// <summary>
    /// Timers end with an activation, and the time of closing is in the state: whichever silo has the channel next goes on waiting, or
    /// closes at once what should have been closed by now.
    /// </summary>
    protected override ValueTask StartAsync(CancellationToken cancellationToken)
    {
        if (State.IsOpen)
        {
            CloseWhenDue();
        }

        return ValueTask.CompletedTask;
    }

    protected override ValueTask<SubscribeDecision> DecideSubscribeAsync(SubscribeAttempt attempt, CancellationToken cancellationToken)
    {
        var data = JsonSerializer.SerializeToUtf8Bytes(new { State, at = Now }, StateJson);
        return ValueTask.FromResult(new SubscribeDecision { Options = new SubscribeOptions { Data = data } });
    }

    protected override ValueTask<CallAnswer> CallAsync(ChannelCall call, CancellationToken cancellationToken) =>
        ValueTask.FromResult(call.Method == "bid" ? Bid(call) : CallAnswer.UnknownMethod);

    protected override ValueTask JoinedAsync(ClientInfo info, CancellationToken cancellationToken)
    {
        _present.Add(info.Client);
        if (!State.IsOpen && Now >= State.ClosesAt + (long)_options.Pause.TotalMilliseconds)
        {
            Open();
        }

        return ValueTask.CompletedTask;
    }

    protected override ValueTask LeftAsync(ClientInfo info, CancellationToken cancellationToken)
    {
        _present.Remove(info.Client);
        return ValueTask.CompletedTask;
    }

    protected override ValueTask TimerAsync(string timer, CancellationToken cancellationToken)
    {
        switch (timer)
        {
            case CloseTimer when State.IsOpen:
                CloseWhenDue();
                break;
            case NextTimer when !State.IsOpen && _present.Count > 0: // else the next to come opens it
                Open();
                break;
        }

        return ValueTask.CompletedTask;
    }

    private CallAnswer Bid(ChannelCall call)
    {
        var who = call.Caller.Info;
        if (Read<BidData>(call.Data) is not { Amount: > 0 and <= HighestBid } bid)
        {
            return No(NoBid, $"a bid is an amount from 1 to {HighestBid}");
        }

        if (!State.IsOpen || Now >= State.ClosesAt)
        {
            return No(IsClosed, "this lot is closed");
        }

        if (State.Bids.Length > 0 && State.Bids[0].User == who.User)
        {
            return No(LeadsAlready, "your bid leads already");
        }

        if (bid.Amount < State.Least)
        {
            return No(TooLow, $"bid at least {State.Least}");
        }

        var happened = new AuctionEvent
        {
            Type = AuctionEvent.Bid,
            Lot = State.Lot,
            Amount = bid.Amount,
            Name = Read<Who>(who.ConnInfo)?.Name is { Length: > 0 } name ? name : "somebody",
            At = Now,
            ClosesAt = Math.Max(State.ClosesAt, Now + (long)_options.Answer.TotalMilliseconds),
        };
        Publish(happened, who);
        CloseAt(happened.ClosesAt);
        return CallAnswer.Done;
    }

    private void Open()
    {
        var lot = State.Lot + 1;
        var closesAt = Now + (long)_options.Length.TotalMilliseconds;
        Publish(new AuctionEvent { Type = AuctionEvent.Opened, Lot = lot, Title = Lots.TitleOf(lot), Amount = Lots.StartOf(lot), At = Now, ClosesAt = closesAt });
        CloseAt(closesAt);
    }

    private void CloseWhenDue()
    {
        if (Now < State.ClosesAt)
        {
            CloseAt(State.ClosesAt); // a little early, or another silo's clock
            return;
        }

        var best = State.Bids.FirstOrDefault();
        Publish(new AuctionEvent { Type = AuctionEvent.Closed, Lot = State.Lot, Amount = State.Price, Name = best?.Name ?? "", At = Now });
        Channel.StartTimer(NextTimer, _options.Pause);
    }

    private void CloseAt(long time) => Channel.StartTimer(CloseTimer, TimeSpan.FromMilliseconds(Math.Max(time - Now, 10)));

    private void Publish(AuctionEvent happened, ClientInfo? who = null) =>
        Channel.Publish(new PublishRequest { Data = JsonSerializer.SerializeToUtf8Bytes(happened, StateJson), Info = who });

    private long Now => Channel.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private static CallAnswer No(int code, string reason) => CallAnswer.Deny(new Denial { Code = code, Reason = reason });

    /// <summary>Clients send what they like.</summary>
    private T? Read<T>(byte[]? json)
        where T : class
    {
        try
        {
            return json is { Length: > 0 } ? JsonSerializer.Deserialize<T>(json, StateJson) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record BidData(int Amount);

    private sealed record Who(string? Name);
}
