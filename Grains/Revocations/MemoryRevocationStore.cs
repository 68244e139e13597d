namespace WsCluster.Grains.Revocations;

/// <summary>Keeps nothing: in embedded mode the process is the cluster, and what it knows ends with it.</summary>
internal sealed class MemoryRevocationStore : IRevocationStore
{
    private readonly List<Revocation> _all = []; // guarded by itself; outlives the grain's activations

    public Task AddAsync(Revocation revocation)
    {
        lock (_all)
        {
            _all.Add(revocation);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<Revocation>> LoadAsync()
    {
        lock (_all)
        {
            return Task.FromResult<IReadOnlyList<Revocation>>([.. _all]);
        }
    }

    public Task<long> CountAsync()
    {
        lock (_all)
        {
            return Task.FromResult((long)_all.Count);
        }
    }
}
