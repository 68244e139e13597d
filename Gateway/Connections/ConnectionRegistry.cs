using System.Collections.Concurrent;

namespace WsCluster.Gateway.Connections;

/// <summary>All open connections of this gateway.</summary>
internal sealed class ConnectionRegistry
{
    private readonly ConcurrentDictionary<string, Connection> _connections = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>The number of open connections.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The open connections.</summary>
    public IEnumerable<Connection> All => _connections.Select(c => c.Value);

    /// <summary>Adds a connection.</summary>
    public void Add(Connection connection)
    {
        _connections[connection.Id] = connection;
        Interlocked.Increment(ref _count);
    }

    /// <summary>Removes a connection.</summary>
    public void Remove(Connection connection)
    {
        if (_connections.TryRemove(connection.Id, out _))
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
