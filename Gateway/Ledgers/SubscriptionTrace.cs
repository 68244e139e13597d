using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;

namespace WsCluster.Gateway.Ledgers;

/// <summary>What is known of a subscription, live or ended, to judge what it got.</summary>
internal sealed record SubscriptionTrace
{
    /// <summary>The connection.</summary>
    public required string Client { get; init; }

    /// <summary>Its user.</summary>
    public required string User { get; init; }

    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary>When the connection was opened.</summary>
    public required DateTimeOffset ConnectedAt { get; init; }

    /// <summary>How it stands to the channel.</summary>
    public required SubscriptionState State { get; init; }

    /// <summary>When and where in the stream it began.</summary>
    public required SubscriptionStart Start { get; init; }

    /// <summary>What it gets; null for all.</summary>
    public TagsFilter? Filter { get; init; }

    /// <summary>It does not get every publication of those: which ones it got is not remembered.</summary>
    public bool IsDerived { get; init; }

    /// <summary>Pushes of the channel that wait to be sent or, once the connection has ended, never were.</summary>
    public int Unsent { get; init; }

    /// <summary>Bytes of all channels that wait.</summary>
    public long QueuedBytes { get; init; }

    /// <summary>When it ended; null while it lasts.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The last offset that the subscribers had when it ended.</summary>
    public ulong EndOffset { get; init; }

    /// <summary>The code of the end.</summary>
    public int EndCode { get; init; }

    /// <summary>What a live or pending subscription looks like now.</summary>
    public static SubscriptionTrace Of(Subscription subscription) => new()
    {
        Client = subscription.Connection.Id,
        User = subscription.Connection.Identity?.User ?? "",
        Channel = subscription.Channel,
        ConnectedAt = subscription.Connection.OpenedAt,
        State = subscription.IsLive ? SubscriptionState.Live : SubscriptionState.Pending,
        Start = subscription.Start,
        Filter = subscription.Traits.Filter,
        IsDerived = subscription.Traits.Derivation is not null,
        Unsent = subscription.Connection.Writer.CountUnsent(subscription.Channel),
        QueuedBytes = subscription.Connection.Writer.QueuedBytes,
    };
}

/// <summary>Where a subscription began.</summary>
/// <param name="At">When it went live, in UTC ticks; zero: not yet.</param>
/// <param name="Offset">The last offset that it was not pushed.</param>
/// <param name="RecoveredAfter">The offset after which its reply had what it missed; <see cref="NotRecovered"/>.</param>
internal readonly record struct SubscriptionStart(long At, ulong Offset, ulong RecoveredAfter)
{
    /// <summary>It did not recover.</summary>
    public const ulong NotRecovered = ulong.MaxValue;

    /// <summary>A subscription that is not live yet.</summary>
    public static SubscriptionStart None { get; } = new(0, 0, NotRecovered);
}
