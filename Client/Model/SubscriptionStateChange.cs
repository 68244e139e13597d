namespace WsCluster.Client;

/// <summary>A subscription has got another state.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="State">The new state.</param>
/// <param name="Code">Why: a <see cref="SubscribingCode"/> or <see cref="UnsubscribedCode"/>, or what the server gave.</param>
/// <param name="Reason">The same in words.</param>
public sealed record SubscriptionStateChange(string Channel, SubscriptionState State, int Code, string Reason)
{
    /// <summary>When subscribed: the server watches that nothing is left out.</summary>
    public bool Positioned { get; init; }

    /// <summary>When subscribed: the server can fill the gap after a lost connection.</summary>
    public bool Recoverable { get; init; }

    /// <summary>When subscribed: whether it asked for what it had missed.</summary>
    public bool WasRecovering { get; init; }

    /// <summary>When subscribed: whether it gets all that it had missed.</summary>
    public bool Recovered { get; init; }

    /// <summary>When subscribed: the place in the stream from which it goes on; null where there is none.</summary>
    public StreamPosition? Position { get; init; }

    /// <summary>When subscribed: what the server says for this subscription. Empty when nothing.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }
}
