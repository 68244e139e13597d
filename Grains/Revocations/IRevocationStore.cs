namespace WsCluster.Grains.Revocations;

/// <summary>Keeps revocations beyond the life of a silo.</summary>
internal interface IRevocationStore
{
    /// <summary>Adds one; adding it again changes nothing. Ends when it is kept.</summary>
    /// <exception cref="WsClusterException">100 (temporary): the store is away.</exception>
    Task AddAsync(Revocation revocation);

    /// <summary>Those that are not over.</summary>
    /// <exception cref="WsClusterException">100 (temporary): the store is away.</exception>
    Task<IReadOnlyList<Revocation>> LoadAsync();

    /// <summary>How many there are, those that are over not counted.</summary>
    /// <exception cref="WsClusterException">100 (temporary): the store is away.</exception>
    Task<long> CountAsync();
}
