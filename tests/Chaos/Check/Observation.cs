namespace WsCluster.Tests.Chaos.Check;

/// <summary>What a subscriber can see of a channel.</summary>
internal enum ObservationKind : byte
{
    /// <summary>Subscribed without asking for anything missed. Epoch and offset: where it starts.</summary>
    Subscribed,

    /// <summary>Subscribed again, and what it missed follows. Epoch and offset: where it had been.</summary>
    Recovered,

    /// <summary>Subscribed again, and told that something is missing. Epoch and offset: where it starts.</summary>
    NotRecovered,

    /// <summary>A publication. Offset and payload.</summary>
    Delivered,

    /// <summary>Told to subscribe again (2500).</summary>
    Insufficient,

    /// <summary>The server answered the client's own unsubscribe.</summary>
    Unsubscribed,

    /// <summary>The connection is gone.</summary>
    Disconnected,

    /// <summary>The server refused the subscription.</summary>
    Refused,
}

/// <summary>One line of a subscriber's log.</summary>
internal readonly record struct Observation(ObservationKind Kind, string? Epoch, ulong Offset, PayloadId Payload)
{
    public static Observation Delivered(ulong offset, PayloadId payload) => new(ObservationKind.Delivered, null, offset, payload);

    public static Observation Of(ObservationKind kind, string? epoch = null, ulong offset = 0) => new(kind, epoch, offset, PayloadId.None);

    public override string ToString() => Kind == ObservationKind.Delivered ? $"{Offset}={Payload}" : $"{Kind}({Epoch}/{Offset})";
}

/// <summary>What one subscriber saw of one channel, in the order in which it saw it, since the last such piece.</summary>
internal sealed record SubscriberLog(string Subscriber, string Channel, IReadOnlyList<Observation> Observations);
