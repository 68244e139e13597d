using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Ledgers;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions.Derived;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>One connection's interest in one channel, with everything that was decided when it subscribed.</summary>
internal sealed class Subscription(Connection connection, string channel, bool serverSide)
{
    private const int Reserved = 0;
    private const int Live = 1;
    private const int Ended = 2;

    private readonly TaskCompletionSource _established = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state = Reserved;

    /// <summary>The subscriber.</summary>
    public Connection Connection { get; } = connection;

    /// <summary>The channel.</summary>
    public string Channel { get; } = channel;

    /// <summary>True when the server subscribed the connection: problems then end the connection, not the subscription.</summary>
    public bool ServerSide { get; } = serverSide;

    /// <summary>What the channel's fan-out needs to know about it.</summary>
    public required SubscriptionTraits Traits { get; init; }

    /// <summary>The application's data about the connection in this channel, or null.</summary>
    public byte[]? ChanInfo { get; set; }

    /// <summary>What gave the right to it.</summary>
    public Grant Grant { get; set; } = Grant.ByOptions;

    /// <summary>When the subscription expires; null: never.</summary>
    public DateTimeOffset? ExpireAt { get; set; }

    /// <summary>True when the client itself refreshes the subscription with a new token.</summary>
    public bool ClientSideRefresh { get; init; }

    /// <summary>Publications up to this offset have reached the client another way; guarded by the channel's lock.</summary>
    public ulong SkipUntil { get; set; }

    /// <summary>True once the client has the publication that the next delta starts from; guarded by the channel's lock.</summary>
    public bool HasDeltaBase { get; set; }

    /// <summary>Its place in the channel's subscriber group; guarded by the channel's lock, -1 when in none.</summary>
    public int Index { get; set; } = -1;

    /// <summary>Publications that a sample was taken of; guarded by the channel's lock.</summary>
    public ulong Offered { get; set; }

    /// <summary>What it has got, when it gets the newest of each key, always or while it is slow; guarded by the channel's lock.</summary>
    public LatestSubscriber? Latest { get; set; }

    /// <summary>True while it gets only the newest of each key; guarded by the channel's lock.</summary>
    public bool IsConflated => Latest is { IsConflated: true };

    /// <summary>True when its reply has the channel's state as data, so that it needs no newest publications.</summary>
    public bool HasState { get; set; }

    /// <summary>Where it began, for the ledger; guarded by the channel's lock.</summary>
    public SubscriptionStart Start { get; set; } = SubscriptionStart.None;

    /// <summary>The last offset that the channel's subscribers had when it was taken out, for the ledger; guarded by the channel's lock.</summary>
    public ulong EndOffset { get; set; }

    /// <summary>Joins and leaves that wait for the subscribe reply, or null when nothing waits; guarded by the channel's lock.</summary>
    public List<Reply>? HeldPresence { get; set; }

    /// <summary>True while pushes may be delivered.</summary>
    public bool IsLive => Volatile.Read(ref _state) == Live;

    /// <summary>True once it is over, perhaps before it ever was live.</summary>
    public bool HasEnded => Volatile.Read(ref _state) == Ended;

    /// <summary>Ends when the subscription is live or has failed: what an unsubscribe of a pending one waits for.</summary>
    public Task Established => _established.Task;

    /// <summary>Lets pushes through. False when it was ended before.</summary>
    public bool TryGoLive()
    {
        var ok = Interlocked.CompareExchange(ref _state, Live, Reserved) == Reserved;
        _established.TrySetResult();
        return ok;
    }

    /// <summary>Ends it. True for the one caller that must clean up.</summary>
    public bool TryEnd()
    {
        var before = Interlocked.Exchange(ref _state, Ended);
        _established.TrySetResult();
        return before != Ended;
    }

    /// <summary>Called at the connection's deadlines: an expired subscription that was not refreshed in time ends.</summary>
    public void CheckExpiry(DateTimeOffset now, TimeSpan delay)
    {
        if (ExpireAt + delay > now || ExpireAt is null || !IsLive)
        {
            return;
        }

        if (ServerSide)
        {
            Connection.Close(DisconnectCode.SubscriptionExpired);
        }
        else
        {
            Expiry.Expired(this);
        }
    }

    /// <summary>Who ends it when it expires.</summary>
    public required ISubscriptionExpiry Expiry { get; init; }
}

/// <summary>Ends expired subscriptions.</summary>
internal interface ISubscriptionExpiry
{
    /// <summary>The subscription was not refreshed in time: unsubscribe it with code 2501.</summary>
    void Expired(Subscription subscription);
}

/// <summary>What a channel's fan-out needs to know about a subscription.</summary>
internal sealed record SubscriptionTraits
{
    /// <summary>Losses are announced to it.</summary>
    public bool Positioned { get; init; }

    /// <summary>It can resume from a position.</summary>
    public bool Recoverable { get; init; }

    /// <summary>It counts as present.</summary>
    public bool Presence { get; init; }

    /// <summary>Its join and leave are announced to others.</summary>
    public bool EmitsJoinLeave { get; init; }

    /// <summary>It gets joins and leaves.</summary>
    public bool ReceivesJoinLeave { get; init; }

    /// <summary>It gets deltas.</summary>
    public bool Delta { get; init; }

    /// <summary>Which publications it gets; null for all.</summary>
    public TagsFilter? Filter { get; init; }

    /// <summary>What it gets of those; null for every one.</summary>
    public Derivation? Derivation { get; init; }

    /// <summary>True when it may be left out of what others get.</summary>
    public bool IsChoosy => Filter is not null || Derivation is Derivation.Sample;
}
