namespace WsCluster.Grains.AtomicSets;

/// <summary>Where it is decided that a set comes to be, and remembered that it did.</summary>
internal interface ISetStore
{
    /// <summary>
    /// The point of decision: when this ends, the set will be published whole. A key that was decided before gives what is known of
    /// it, whatever the publications are now.
    /// </summary>
    /// <exception cref="WsClusterException">111: too much is pending. 100: the store is away, or did not answer and may have decided.</exception>
    Task<SetDecision> DecideAsync(string key, ChannelPublication[] publications);

    /// <summary>Takes sets that nobody has finished in time, so that no other silo does at the same time.</summary>
    /// <exception cref="WsClusterException">100: the store is away.</exception>
    Task<IReadOnlyList<AtomicSet>> ClaimAsync();

    /// <summary>Every channel has its publication. Ends the set, and remembers the outcome for its key.</summary>
    /// <returns>The outcome that counts: that of who said so first.</returns>
    /// <exception cref="WsClusterException">100: the store is away.</exception>
    Task<SetOutcome> CompleteAsync(AtomicSet set, StreamPosition[] positions);
}

/// <summary>What is known of a key: an incomplete set or an outcome.</summary>
internal readonly record struct SetDecision(AtomicSet? Incomplete, SetOutcome? Outcome);
