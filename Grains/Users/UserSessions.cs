using WsCluster.Grains.Limits;

namespace WsCluster.Grains.Users;

/// <summary>The live connections of one user, by connection id.</summary>
/// <param name="maxConnections">Most that may be added; 0 for no limit.</param>
/// <param name="silo">Most sessions of all of the silo's users.</param>
internal sealed class UserSessions(int maxConnections, Allowance? silo = null)
{
    private readonly Dictionary<string, UserSession> _byClient = new(StringComparer.Ordinal);

    public int Count => _byClient.Count;

    public IReadOnlyList<UserSession> All() => [.. _byClient.Values];

    public bool HasAny(string gatewayId) => _byClient.Values.Any(session => session.GatewayId == gatewayId);

    /// <summary>Adds a connection unless there are as many as allowed. One that is known already is a repeat and stays.</summary>
    public bool TryAdd(UserSession session)
    {
        if (!_byClient.ContainsKey(session.Client) &&
            ((maxConnections > 0 && Count >= maxConnections) || silo?.TryTake(1) == false))
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
            if (!_byClient.ContainsKey(session.Client))
            {
                silo?.Take(1);
            }

            _byClient[session.Client] = session;
        }
    }

    /// <summary>Removes a connection, if that gateway holds it.</summary>
    public void Remove(string client, string gatewayId)
    {
        if (_byClient.TryGetValue(client, out var session) && session.GatewayId == gatewayId)
        {
            _byClient.Remove(client);
            silo?.Return(1);
        }
    }

    /// <summary>The activation has ended: its sessions count no more.</summary>
    public void Close() => silo?.Return(Count);

    public void RemoveGateway(string gatewayId)
    {
        foreach (var (client, session) in _byClient)
        {
            if (session.GatewayId == gatewayId)
            {
                _byClient.Remove(client);
                silo?.Return(1);
            }
        }
    }
}
