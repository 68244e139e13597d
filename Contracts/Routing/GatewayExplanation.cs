namespace WsCluster.Routing;

/// <summary>What a gateway remembers of a channel's deliveries. Never any payload.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.GatewayExplanation")]
public sealed record GatewayExplanation
{
    /// <summary>The gateway.</summary>
    [Id(0)] public required string GatewayId { get; init; }

    /// <summary>True when the gateway is subscribed to the channel.</summary>
    [Id(1)] public bool IsSubscribed { get; init; }

    /// <summary>True while deliveries wait because something before them is being read from history.</summary>
    [Id(2)] public bool IsSynchronising { get; init; }

    /// <summary>The last publication that was handed to the subscribers here.</summary>
    [Id(3)] public StreamPosition Position { get; init; }

    /// <summary>What happened to the channel's stream here, oldest first.</summary>
    [Id(4)] public IReadOnlyList<StreamEvent> Events { get; init; } = [];

    /// <summary>The connections that were asked about, and those of them that ended lately.</summary>
    [Id(5)] public IReadOnlyList<ConnectionExplanation> Connections { get; init; } = [];
}

/// <summary>Something that happened to a channel's stream at a gateway.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What.</param>
/// <param name="From">The first offset that it concerns; zero when it concerns none.</param>
/// <param name="To">The last one.</param>
[GenerateSerializer, Immutable, Alias("WsCluster.StreamEvent")]
public readonly record struct StreamEvent(
    [property: Id(0)] DateTimeOffset At, [property: Id(1)] StreamEventKind Kind, [property: Id(2)] ulong From, [property: Id(3)] ulong To);

/// <summary>What can happen to a channel's stream at a gateway. Numbers are wire format.</summary>
public enum StreamEventKind
{
    /// <summary>Publications before one that came were missing: they are read from history.</summary>
    Gap = 0,

    /// <summary>Missed publications were read from history and delivered.</summary>
    Repaired = 1,

    /// <summary>Publications could not be had any more; positioned subscribers were told.</summary>
    Lost = 2,

    /// <summary>The stream began anew, with another epoch; positioned subscribers were told.</summary>
    NewEpoch = 3,

    /// <summary>Publications came a second time and were dropped.</summary>
    Duplicate = 4,

    /// <summary>Publications of another epoch came and were dropped.</summary>
    Foreign = 5,
}

/// <summary>What a gateway remembers of one connection in a channel.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.ConnectionExplanation")]
public sealed record ConnectionExplanation
{
    /// <summary>The connection's id.</summary>
    [Id(0)] public required string Client { get; init; }

    /// <summary>Its user; empty for an anonymous one.</summary>
    [Id(1)] public required string User { get; init; }

    /// <summary>When it connected.</summary>
    [Id(2)] public required DateTimeOffset ConnectedAt { get; init; }

    /// <summary>How it stands to the channel.</summary>
    [Id(3)] public required SubscriptionState State { get; init; }

    /// <summary>When its subscription went live; null when it has none.</summary>
    [Id(4)] public DateTimeOffset? SubscribedAt { get; init; }

    /// <summary>The stream's offset then: what follows is pushed.</summary>
    [Id(5)] public ulong SubscribedFrom { get; init; }

    /// <summary>The offset after which it recovered in its subscribe reply; null when it did not.</summary>
    [Id(6)] public ulong? RecoveredAfter { get; init; }

    /// <summary>True when it gets only what its tags filter lets through.</summary>
    [Id(7)] public bool IsFiltered { get; init; }

    /// <summary>Bytes that wait for it to read, of all channels.</summary>
    [Id(8)] public long QueuedBytes { get; init; }

    /// <summary>When subscription or connection ended; null while they last.</summary>
    [Id(9)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The code of that end, of the connection or the subscription; zero for an unsubscribe of the client's own.</summary>
    [Id(10)] public int EndCode { get; init; }

    /// <summary>The publications, oldest first.</summary>
    [Id(11)] public IReadOnlyList<PublicationOutcome> Publications { get; init; } = [];
}

/// <summary>How a connection stands to a channel. Numbers are wire format.</summary>
public enum SubscriptionState
{
    /// <summary>It is connected and not subscribed.</summary>
    None = 0,

    /// <summary>Its subscription is being established.</summary>
    Pending = 1,

    /// <summary>It gets what is published.</summary>
    Live = 2,

    /// <summary>It was subscribed; the connection is still there, or was when it unsubscribed.</summary>
    Unsubscribed = 3,

    /// <summary>It was subscribed until the connection ended.</summary>
    Closed = 4,
}

/// <summary>What became of a publication for one connection.</summary>
/// <param name="Offset">The publication; zero in a channel without history.</param>
/// <param name="At">When it came to the gateway; null when that is not remembered, or it did not come.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Repaired">True when it came late, out of history.</param>
[GenerateSerializer, Immutable, Alias("WsCluster.PublicationOutcome")]
public readonly record struct PublicationOutcome(
    [property: Id(0)] ulong Offset, [property: Id(1)] DateTimeOffset? At, [property: Id(2)] DeliveryOutcome Outcome, [property: Id(3)] bool Repaired);

/// <summary>What can become of a publication for one connection. Numbers are wire format.</summary>
public enum DeliveryOutcome
{
    /// <summary>Nobody remembers.</summary>
    Forgotten = 0,

    /// <summary>It was handed to the connection's socket, or is in the send under way.</summary>
    Written = 1,

    /// <summary>It waits in the connection's queue: the client reads too slowly.</summary>
    Waiting = 2,

    /// <summary>It came with the subscribe reply, as recovered.</summary>
    Recovered = 3,

    /// <summary>It was published before the connection subscribed, which did not recover it.</summary>
    Earlier = 4,

    /// <summary>It was published after the subscription had ended.</summary>
    Later = 5,

    /// <summary>The subscription's tags filter keeps it out.</summary>
    Filtered = 6,

    /// <summary>The gateway missed it and history had it no more; the subscriber was told.</summary>
    Lost = 7,

    /// <summary>It was queued, and dropped when the connection ended.</summary>
    Dropped = 8,

    /// <summary>It did not come to the gateway, or not yet.</summary>
    NotArrived = 9,

    /// <summary>The connection is not subscribed.</summary>
    NotSubscribed = 10,

    /// <summary>The subscription asked for less than every publication: it was sent, or left out for a newer one.</summary>
    Derived = 11,
}
