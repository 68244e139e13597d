namespace WsCluster.Gateway.Subscriptions.Derived;

/// <summary>A subscription that gets the newest of each key, always or while it is slow. The channel's lock guards it.</summary>
/// <param name="subscription">The subscription.</param>
/// <param name="conflation">What it gets it from.</param>
internal sealed class LatestSubscriber(Subscription subscription, Conflation conflation)
{
    private Lag _lag;

    /// <summary>The subscription.</summary>
    public Subscription Subscription => subscription;

    /// <summary>What it gets it from.</summary>
    public Conflation Conflation => conflation;

    /// <summary>The number of the newest publication that was posted to it.</summary>
    public ulong Number { get; set; }

    /// <summary>True when it gets the newest of each key now; else everything, with the others.</summary>
    public bool IsConflated { get; set; }

    /// <summary>True when it was found fast again, and may get everything once it has the newest.</summary>
    public bool IsFast { get; set; }

    /// <summary>Bytes in its connection's queue.</summary>
    public int QueuedBytes => subscription.Connection.Writer.QueuedBytes;

    /// <summary>Bytes that wait for its shard: they may all be for this connection, and nobody knows before the shard takes them.</summary>
    public int WaitingBytes => subscription.Connection.Writer.Shard.WaitingBytes;

    /// <summary>What is remembered of its lag.</summary>
    public ref Lag Lag => ref _lag;
}
