namespace WsCluster.Tests.Chaos.Load;

/// <summary>How much load a run holds.</summary>
internal sealed record LoadSettings
{
    /// <summary>Connections that subscribe and stay.</summary>
    public int Subscribers { get; init; } = 1000;

    /// <summary>Connections that unsubscribe and subscribe all the time.</summary>
    public int Churners { get; init; } = 50;

    /// <summary>Channels of each promise: durable, fsynced, in memory, durable with presence, and durable with a behavior's state.</summary>
    public int ChannelsPerKind { get; init; } = 10;

    /// <summary>Channels that a subscriber has.</summary>
    public int ChannelsPerSubscriber { get; init; } = 2;

    /// <summary>Publications a second over the HTTP API, each with an idempotency key.</summary>
    public int HttpRate { get; init; } = 60;

    /// <summary>Publications a second over WebSocket connections, without a key, as clients send them.</summary>
    public int SocketRate { get; init; } = 60;

    /// <summary>Atomic sets a second, each to three durable channels.</summary>
    public int SetRate { get; init; } = 10;

    /// <summary>Users a second who connect, read history and presence, and go.</summary>
    public int VisitRate { get; init; } = 20;

    /// <summary>Users a second who look into their inboxes.</summary>
    public int InboxRate { get; init; } = 6;

    /// <summary>Connections that the publications over WebSocket come from.</summary>
    public int SocketPublishers { get; init; } = 12;
}
