using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Proxies;
using WsCluster.Gateway.Routing;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;

namespace WsCluster.Gateway.Commands;

/// <summary>
/// The first command of a connection (protocol §6): who is it, may the user have another connection, which channels does
/// the server subscribe it to. The reply comes before every push.
/// </summary>
internal sealed class ConnectHandler(
    ClusterMembership cluster,
    Authenticator authenticator,
    UserDirectory users,
    ConnectPlanner planner,
    SubscriptionService subscriptions,
    LiveAuthorization live,
    ServerSideRefresh refresh,
    TimeProvider time) : ICommandHandler
{
    private static readonly string ServerVersion = $"WsCluster {ProductVersion.Text}";

    public async ValueTask<Refusal> HandleAsync(Connection connection, Command command)
    {
        if (!cluster.HasJoined)
        {
            return ErrorCode.Internal; // temporary: the client comes again, here or at another gateway
        }

        var request = command.Connect;
        var (refusal, identity, channels, data) = await authenticator.AuthenticateAsync(connection, request);
        if (identity is null)
        {
            return refusal;
        }

        connection.Authenticated(identity);
        if (!live.Check(connection))
        {
            return Refusal.None; // its token was revoked while it was verified: the connection is closed already
        }

        connection.Writer.Hold(); // commands for the user and server-side channels may push from here on
        SessionAdmission? admission = identity.User.Length > 0 ? await users.RegisterAsync(connection, identity, AttemptOf(connection, request)) : null;
        if (admission is { Admitted: false, Decision: var no })
        {
            return no?.Denial is { } denial ? denial : DisconnectCode.ConnectionLimit;
        }

        if (admission?.Decision is { } decision)
        {
            data = decision.Data ?? data;
            if (decision.Info is not null)
            {
                connection.Refreshed(connection.Identity! with { Info = decision.Info });
            }
        }

        refusal = planner.Plan(request, identity, channels, admission, out var plans);
        if (!refusal.IsNone)
        {
            return refusal;
        }

        var results = new Dictionary<string, SubscribeResult>(StringComparer.Ordinal);
        if (await SubscribeAsync(connection, plans, results) is { IsNone: false } refused)
        {
            return refused; // one that fails makes the whole connect fail
        }

        var result = Describe(connection, identity);
        result.Subs.Add(results);
        result.Data = WireMessages.Wrap(data);
        connection.Establish(new Reply { Id = command.Id, Connect = result });
        refresh.Watch(connection);
        live.Check(connection);
        return Refusal.None;
    }

    /// <summary>What the user's behavior is asked; pages of the console are no user of the application's.</summary>
    private static ConnectAttempt? AttemptOf(Connection connection, ConnectRequest request) => connection.Identity is { IsConsole: false } identity
        ? new ConnectAttempt { Caller = connection.AsCaller(), Data = request.Data.ToByteArray(), Name = identity.Name, Version = identity.Version }
        : null;

    /// <summary>Subscribes to all planned channels at once.</summary>
    private async Task<Refusal> SubscribeAsync(
        Connection connection, List<SubscriptionPlan> plans, Dictionary<string, SubscribeResult> results)
    {
        if (plans.Count == 0)
        {
            return Refusal.None;
        }

        var refusals = await Task.WhenAll(plans.Select(plan => subscriptions.SubscribeAsync(connection, plan, serverSide: true, (_, result) =>
        {
            lock (results)
            {
                results[plan.Channel] = result;
            }
        })));
        return Array.Find(refusals, refusal => !refusal.IsNone);
    }

    private ConnectResult Describe(Connection connection, ClientIdentity identity)
    {
        var result = new ConnectResult
        {
            Client = connection.Id,
            Version = ServerVersion,
            Ping = (uint)Math.Ceiling(connection.PingInterval.TotalSeconds),
            Pong = connection.PingInterval > TimeSpan.Zero && !connection.Codec.IsUnidirectional,
            Session = connection.Session,
            Node = connection.Node,
            Expires = identity is { ClientSideRefresh: true, ExpireAt: not null },
        };
        if (result.Expires)
        {
            result.Ttl = Ttl.Seconds(identity.ExpireAt, time.GetUtcNow());
        }

        return result;
    }
}
