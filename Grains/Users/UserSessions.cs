using WsCluster.Grains.Limits;

namespace WsCluster.Grains.Users;

/// <summary>The live connections of one user, by connection id.</summary>
/// <param name="maxConnections">Most that may be added; 0 for no limit.</param>
/// <param name="silo">Most sessions of all of the silo's users.</param>
internal sealed class UserSessions(int maxConnections, Allowance? silo = null)
{
    private const int MostEnded = 8;

    private readonly Dictionary<string, UserSession> _byClient = new(StringComparer.Ordinal);
    private Queue<string>? _ended; // the connections that ended last, for calls about them that were late

    public int Count => _byClient.Count;

    public IReadOnlyList<UserSession> All() => [.. _byClient.Values];

    public bool Has(string client) => _byClient.ContainsKey(client);

    /// <summary>True for one of the connections that ended last.</summary>
    public bool HasEnded(string client) => _ended?.Contains(client) == true;

    public bool HasAny(string gatewayId) => _byClient.Values.Any(session => session.GatewayId == gatewayId);

    /// <summary>Adds a connection unless there are as many as allowed. One that is known already is a repeat and stays.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="most">A limit besides that of all users, or null.</param>
    public bool TryAdd(UserSession session, int? most = null)
    {
        if (!_byClient.ContainsKey(session.Client) &&
            ((maxConnections > 0 && Count >= maxConnections) || Count >= most || silo?.TryTake(1) == false))
        {
            return false;
        }

        _byClient[session.Client] = session;
        return true;
    }

    /// <summary>Replaces the connections of a gateway by its whole set, even beyond the limit: they exist already.</summary>
    /// <returns>Those that are gone.</returns>
    public IReadOnlyList<UserSession> Replace(string gatewayId, IReadOnlyList<UserSession> sessions)
    {
        var before = RemoveGateway(gatewayId);
        foreach (var session in sessions.Where(session => !HasEnded(session.Client)))
        {
            if (!_byClient.ContainsKey(session.Client))
            {
                silo?.Take(1);
            }

            _byClient[session.Client] = session;
        }

        return before.Count == 0 ? before : [.. before.Where(session => !_byClient.ContainsKey(session.Client))];
    }

    /// <summary>A connection has ended, which may be heard before it is heard of: no call brings it back.</summary>
    /// <returns>It, if it was there.</returns>
    public IReadOnlyList<UserSession> End(string client, string gatewayId)
    {
        if (_byClient.TryGetValue(client, out var session) && session.GatewayId != gatewayId)
        {
            return [];
        }

        if (!HasEnded(client))
        {
            _ended ??= new Queue<string>(MostEnded);
            if (_ended.Count == MostEnded)
            {
                _ended.Dequeue();
            }

            _ended.Enqueue(client);
        }

        return Remove(client, gatewayId);
    }

    /// <summary>Removes a connection, if that gateway holds it.</summary>
    /// <returns>It, if it was there.</returns>
    public IReadOnlyList<UserSession> Remove(string client, string gatewayId)
    {
        if (!_byClient.TryGetValue(client, out var session) || session.GatewayId != gatewayId)
        {
            return [];
        }

        _byClient.Remove(client);
        silo?.Return(1);
        return [session];
    }

    /// <summary>The activation has ended: its sessions count no more.</summary>
    public void Close() => silo?.Return(Count);

    /// <summary>Removes all connections of a gateway.</summary>
    /// <returns>Those that were there.</returns>
    public IReadOnlyList<UserSession> RemoveGateway(string gatewayId)
    {
        UserSession[] ended = [.. _byClient.Values.Where(session => session.GatewayId == gatewayId)];
        foreach (var session in ended)
        {
            _byClient.Remove(session.Client);
        }

        silo?.Return(ended.Length);
        return ended;
    }
}
