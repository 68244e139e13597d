using Orleans.Concurrency;

namespace WsCluster.Routing;

/// <summary>What gateways ask of a channel. The same grain as <see cref="IChannelGrain"/>, not for applications.</summary>
[Alias("WsCluster.IChannelRouting")]
public interface IChannelRouting : IGrainWithStringKey
{
    /// <summary>
    /// Makes the gateway receive the channel's deliveries from the returned position on. Repeating it is harmless: it
    /// replaces the gateway's members and starts no second delivery.
    /// </summary>
    [Alias("Subscribe")]
    Task<ChannelAttachment> SubscribeAsync(GatewaySubscription subscription);

    /// <summary>
    /// Ends the deliveries to the gateway; its members leave. Ignored when the gateway is unknown or has subscribed again
    /// with a higher <see cref="GatewaySubscription.Number"/>, so that a late call cannot undo a newer one.
    /// </summary>
    [Alias("Unsubscribe")]
    Task UnsubscribeAsync(string gatewayId, long incarnation, long number);

    /// <summary>
    /// Adds and removes members of the gateway, and tells subscribers where the namespace says so. An update that a later
    /// one or a later subscription overtook changes nothing.
    /// </summary>
    /// <returns>False when the channel does not know the gateway (it moved): subscribe again, with the whole member set.</returns>
    [Alias("UpdatePresence")]
    Task<bool> UpdatePresenceAsync(PresenceUpdate update);

    /// <summary>
    /// Reads what recovery needs: publications after the offset, oldest first, whatever the epoch says; or, in cache
    /// mode, the newest one. Without history the page is empty.
    /// </summary>
    [Alias("Recover")]
    Task<HistoryPage> RecoverAsync(RecoveryQuery query);

    /// <summary>
    /// Publishes each request, in their order, as <see cref="IChannelGrain.PublishAsync"/> would; what is refused is in the
    /// receipt. A failure of the call as a whole concerns all of them.
    /// </summary>
    [Alias("PublishMany"), AlwaysInterleave]
    Task<PublishReceipt> PublishManyAsync([Immutable] PublishRequest[] requests);

    /// <summary>Asks the channel's behavior about a client that wants to subscribe.</summary>
    /// <exception cref="WsClusterException">108: the namespace has no behavior. What the behavior's failure is, see <c>ChannelBehavior</c>.</exception>
    [Alias("Admit"), AlwaysInterleave]
    Task<ChannelAdmission> AdmitAsync(SubscribeAttempt attempt);

    /// <summary>Calls a method of the channel's behavior for a subscriber.</summary>
    /// <exception cref="WsClusterException">As <see cref="AdmitAsync"/>.</exception>
    [Alias("Call"), AlwaysInterleave]
    Task<CallAnswer> CallAsync(ChannelCall call);

    /// <summary>The silo's outbox lost the gateway: its deliveries end and its members leave. Called inside the silo.</summary>
    [Alias("GatewayLost")]
    Task GatewayLostAsync(string gatewayId, long incarnation);

    /// <summary>What is remembered of the newest publications and the gateways that they went to.</summary>
    [Alias("Explain")]
    Task<ChannelExplanation> ExplainAsync();
}

/// <summary>A gateway's wish to receive a channel.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.GatewaySubscription")]
public sealed record GatewaySubscription
{
    /// <summary>Where to deliver.</summary>
    [Id(0)] public required GatewayLane Lane { get; init; }

    /// <summary>All of the gateway's members of the channel; null when the channel keeps no presence or there are none yet.</summary>
    [Id(1)] public IReadOnlyList<PresenceMember>? Members { get; init; }

    /// <summary>Counts the gateway's subscriptions upward over its whole life; taken before <see cref="Members"/> are listed.</summary>
    [Id(2)] public required long Number { get; init; }

    /// <summary>True when the gateway knows how to go on at a relay (<see cref="RelayStint"/>); others are always delivered to straight.</summary>
    [Id(3)] public bool FollowsRelays { get; init; }
}

/// <summary>A connection in a channel, as its gateway reports it.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.PresenceMember")]
public sealed record PresenceMember
{
    /// <summary>Who it is.</summary>
    [Id(0)] public required ClientInfo Info { get; init; }

    /// <summary>Whether the connection counts as present (the <c>presence</c> option, with the subscription's override).</summary>
    [Id(1)] public required bool Presence { get; init; }

    /// <summary>Whether its join and leave are announced (the <c>join_leave</c> option, with the subscription's override).</summary>
    [Id(2)] public required bool JoinLeave { get; init; }

    /// <summary>
    /// True when the gateway reported this member before, to an activation that is gone: its join is not announced again.
    /// Without it a moved channel would tell all of its members about all of its members.
    /// </summary>
    [Id(3)] public bool Reported { get; init; }
}

/// <summary>Changes of a gateway's members of a channel.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.PresenceUpdate")]
public sealed record PresenceUpdate
{
    /// <summary>The reporting gateway.</summary>
    [Id(0)] public required string GatewayId { get; init; }

    /// <summary>Its incarnation.</summary>
    [Id(1)] public required long Incarnation { get; init; }

    /// <summary>The changes, in the order in which they happened.</summary>
    [Id(2)] public required IReadOnlyList<PresenceChange> Changes { get; init; }

    /// <summary>
    /// Counts together with <see cref="GatewaySubscription.Number"/>, so that the channel knows which of a report and a member
    /// list is the older one. Zero from gateways that do not count.
    /// </summary>
    [Id(3)] public long Number { get; init; }
}

/// <summary>One join or leave.</summary>
/// <param name="Member">Who.</param>
/// <param name="Joined">True for a join, false for a leave.</param>
[GenerateSerializer, Immutable, Alias("WsCluster.PresenceChange")]
public sealed record PresenceChange([property: Id(0)] PresenceMember Member, [property: Id(1)] bool Joined);

/// <summary>What a gateway learns when it subscribes to a channel.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.ChannelAttachment")]
public sealed record ChannelAttachment
{
    /// <summary>The silo that hosts the channel now.</summary>
    [Id(0)] public required string SiloId { get; init; }

    /// <summary>The position after which deliveries come; <see cref="StreamPosition.None"/> without history.</summary>
    [Id(1)] public required StreamPosition Top { get; init; }

    /// <summary>
    /// The newest publication of the stream, which deltas start from; null without history, when it has expired, or when
    /// the namespace allows no deltas.
    /// </summary>
    [Id(2)] public Publication? Latest { get; init; }

    /// <summary>
    /// True when a later report or list of the gateway came before this subscription, whose members were therefore not taken:
    /// subscribe again.
    /// </summary>
    [Id(3)] public bool MembersOutdated { get; init; }

    /// <summary>
    /// The outbox that delivers, as <see cref="DeliveryBatch.OutboxId"/>: when the gateway hears another one of this silo and lane,
    /// the channel's is gone. Empty from silos that do not say it.
    /// </summary>
    [Id(4)] public Guid OutboxId { get; init; }

    /// <summary>The newest stint so far: it and those before it are over for the gateway, which is delivered to straight now.</summary>
    [Id(5)] public RelayStint Stint { get; init; }
}

/// <summary>What to read for a recovering subscriber or a gateway that missed something.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.RecoveryQuery")]
public sealed record RecoveryQuery
{
    /// <summary>Read publications with a greater offset.</summary>
    [Id(0)] public required ulong AfterOffset { get; init; }

    /// <summary>Most publications to return.</summary>
    [Id(1)] public required int Limit { get; init; }

    /// <summary>Return only the newest publication, whatever the offset (cache mode).</summary>
    [Id(2)] public bool LatestOnly { get; init; }
}
