using Microsoft.Extensions.Options;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Routing;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;

namespace WsCluster.Gateway.Connections;

/// <summary>The users that have connections on this gateway.</summary>
internal sealed class UserDirectory(
    IGrainFactory grains,
    GatewayLanes lanes,
    SiloWatch silos,
    SiloEntrances entrances,
    ClusterCalls calls,
    ConnectionRegistry connections,
    UserCommandExecutor commands,
    TimeProvider time,
    IOptions<GatewayOptions> options,
    ILogger<UserDirectory> logger)
{
    private readonly Lock _sync = new();
    private readonly Dictionary<string, UserConnections> _users = new(StringComparer.Ordinal); // guarded by _sync

    public SiloWatch Silos => silos;

    public ClusterCalls Calls => calls;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    /// <summary>Users with at least one connection here, the anonymous one not counted.</summary>
    public int Count
    {
        get
        {
            lock (_sync)
            {
                return _users.Count;
            }
        }
    }

    /// <summary>The user's connections here, or null.</summary>
    public UserConnections? Find(string user)
    {
        lock (_sync)
        {
            return _users.GetValueOrDefault(user);
        }
    }

    /// <summary>How to reach a user's grain.</summary>
    public UserWay WayTo(string user) => Find(user)?.Way ?? NewWay(user);

    /// <summary>Registers a connection of a user, unless the user has as many in the cluster as allowed or its behavior says no.</summary>
    public async Task<SessionAdmission> RegisterAsync(Connection connection, ClientIdentity identity, ConnectAttempt? attempt)
    {
        var session = new UserSession
        {
            Client = connection.Id,
            GatewayId = lanes.GatewayId,
            ConnectedAt = time.GetUtcNow(),
            Name = identity.Name,
            Version = identity.Version,
        };
        UserConnections user;
        lock (_sync)
        {
            if (!_users.TryGetValue(identity.User, out user!))
            {
                user = new UserConnections(identity.User, lanes.For(identity.User), NewWay(identity.User), this);
                _users.Add(identity.User, user);
            }

            user.Add(connection, session);
        }

        try
        {
            var admission = await user.RegisterAsync(session with { Attempt = attempt });
            if (!admission.Admitted)
            {
                Remove(user, connection.Id);
            }

            return admission;
        }
        catch
        {
            Unregister(connection.Id, identity.User); // the grain may have registered it all the same
            throw;
        }
    }

    /// <summary>A connection of the user is gone.</summary>
    public void Unregister(string client, string user)
    {
        if (Find(user) is { } userConnections)
        {
            Remove(userConnections, client);
            _ = userConnections.ReportGoneAsync(client);
        }
    }

    /// <summary>Does something to the user's connections here, in the order of the calls.</summary>
    public void Execute(string user, UserCommand command)
    {
        if (Find(user) is { } userConnections)
        {
            commands.Execute(userConnections.Connections, command);
        }
    }

    /// <summary>Does something to the anonymous connections here.</summary>
    public void ExecuteAnonymous(UserCommand command) =>
        commands.Execute([.. connections.All.Where(c => c.Identity is { User: "" })], command);

    private UserWay NewWay(string user) => new(user, grains, entrances, options.Value, time);

    private void Remove(UserConnections user, string client)
    {
        lock (_sync)
        {
            if (user.Remove(client))
            {
                _users.Remove(user.User);
            }
        }
    }
}
