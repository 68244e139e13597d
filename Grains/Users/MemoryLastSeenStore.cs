namespace WsCluster.Grains.Users;

/// <summary>Remembers some users in the process, for embedded mode; the ones written longest ago are forgotten first.</summary>
internal sealed class MemoryLastSeenStore(GrainMetrics metrics) : ILastSeenStore
{
    /// <summary>How many users are remembered.</summary>
    public const int Capacity = 10_000;

    private readonly Dictionary<string, DateTimeOffset> _byUser = new(StringComparer.Ordinal); // guarded by itself, like _order
    private readonly Queue<string> _order = new();

    public Task WriteAsync(string user, DateTimeOffset at)
    {
        lock (_byUser)
        {
            if (!_byUser.ContainsKey(user))
            {
                _order.Enqueue(user);
                if (_order.Count > Capacity)
                {
                    _byUser.Remove(_order.Dequeue());
                    metrics.LimitHit("last_seen");
                }
            }

            _byUser[user] = at;
        }

        return Task.CompletedTask;
    }

    public Task<DateTimeOffset?> ReadAsync(string user)
    {
        lock (_byUser)
        {
            return Task.FromResult<DateTimeOffset?>(_byUser.TryGetValue(user, out var at) ? at : null);
        }
    }
}
