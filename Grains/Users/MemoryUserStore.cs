namespace WsCluster.Grains.Users;

/// <summary>Keeps some users' records in the process, for embedded mode; those that began longest ago are forgotten first.</summary>
internal sealed class MemoryUserStore(GrainMetrics metrics) : IUserStore
{
    /// <summary>How many users are kept.</summary>
    public const int Capacity = 100_000;

    private readonly Dictionary<string, (UserRecord Record, long Version)> _byUser = new(StringComparer.Ordinal); // guarded by itself, like _order
    private readonly Queue<string> _order = new();

    public Task<(UserRecord Record, long Version)> ReadAsync(string user)
    {
        lock (_byUser)
        {
            return Task.FromResult(_byUser.TryGetValue(user, out var kept) ? kept : (new UserRecord(), 0));
        }
    }

    public Task<bool> TryWriteAsync(string user, UserRecord record, long version)
    {
        lock (_byUser)
        {
            var known = _byUser.TryGetValue(user, out var kept);
            if (kept.Version != version)
            {
                return Task.FromResult(false);
            }

            if (!known)
            {
                _order.Enqueue(user);
                if (_order.Count > Capacity)
                {
                    _byUser.Remove(_order.Dequeue());
                    metrics.LimitHit("user_states");
                }
            }

            _byUser[user] = (record, version + 1);
            return Task.FromResult(true);
        }
    }
}
