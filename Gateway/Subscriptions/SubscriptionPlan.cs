using WsCluster.Configuration;
using WsCluster.Gateway.Authorization;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>What a subscription asks for, once it is known to be permitted.</summary>
internal sealed record SubscriptionPlan
{
    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary>The options of its namespace.</summary>
    public required ChannelOptions Options { get; init; }

    /// <summary>What the fan-out needs to know.</summary>
    public required SubscriptionTraits Traits { get; init; }

    /// <summary>Where to recover from; null for no recovery.</summary>
    public StreamPosition? RecoverFrom { get; init; }

    /// <summary>Refuse with error 112 instead of going live unrecovered (flag bit 1).</summary>
    public bool RejectUnrecovered { get; init; }

    /// <summary>The application's data about the connection in this channel.</summary>
    public byte[]? ChanInfo { get; init; }

    /// <summary>What gave the right to it.</summary>
    public Grant Grant { get; init; } = Grant.ByOptions;

    /// <summary>What the client sent along, for the channel's behavior.</summary>
    public byte[] AskedWith { get; init; } = [];

    /// <summary>
    /// What <see cref="Data"/> includes when it is the state of a channel: the subscriber gets the publications behind it, unless it
    /// recovers. Null when it just goes live.
    /// </summary>
    public StreamPosition? StartFrom { get; init; }

    /// <summary>Data for the subscriber in the result.</summary>
    public byte[]? Data { get; init; }

    /// <summary>When the subscription expires.</summary>
    public DateTimeOffset? ExpireAt { get; init; }

    /// <summary>The client refreshes the subscription itself.</summary>
    public bool ClientSideRefresh { get; init; }
}
