namespace WsCluster.Grains.Users;

/// <summary>The live connections of one user, by connection id.</summary>
/// <param name="maxConnections">Most that may be added; 0 for no limit.</param>
internal sealed class UserSessions(int maxConnections)
{
    private readonly Dictionary<string, UserSession> _byClient = new(StringComparer.Ordinal);

    public int Count => _byClient.Count;

    public IReadOnlyList<UserSession> All() => [.. _byClient.Values];

    public bool HasAny(string gatewayId) => _byClient.Values.Any(session => session.GatewayId == gatewayId);

    /// <summary>Adds a connection unless there are as many as allowed. One that is known already is a repeat and stays.</summary>
    public bool TryAdd(UserSession session)
    {
        if (maxConnections > 0 && Count >= maxConnections && !_byClient.ContainsKey(session.Client))
        {
            return false;
        }

        _byClient[session.Client] = session;
        return true;
    }

    /// <summary>Replaces the connections of a gateway by its whole set, even beyond the limit: they exist already.</summary>
    public void Replace(string gatewayId, IReadOnlyList<UserSession> sessions)
    {
        RemoveGateway(gatewayId);
        foreach (var session in sessions)
        {
            _byClient[session.Client] = session;
        }
    }

    /// <summary>Removes a connection, if that gateway holds it.</summary>
    public void Remove(string client, string gatewayId)
    {
        if (_byClient.TryGetValue(client, out var session) && session.GatewayId == gatewayId)
        {
            _byClient.Remove(client);
        }
    }

    public void RemoveGateway(string gatewayId)
    {
        foreach (var (client, session) in _byClient)
        {
            if (session.GatewayId == gatewayId)
            {
                _byClient.Remove(client);
            }
        }
    }
}
