using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Proxies;

/// <summary>
/// Asks the application about connections and subscriptions that it let in over HTTP and whose time is over, at their time
/// (protocol §14). One that gets no answer is asked again until its close delay has passed; then it ends as expired.
/// </summary>
internal sealed class ServerSideRefresh(
    ConnectionProxy connections, ChannelProxy channels, IOptionsMonitor<ChannelNamespaces> namespaces, DeadlineClock clock, ILogger<ServerSideRefresh> logger)
{
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromSeconds(2);

    /// <summary>Asks about the connection when it expires.</summary>
    public void Watch(Connection connection)
    {
        if (connection.Identity is { ServerSideRefresh: true, ExpireAt: { } expireAt })
        {
            clock.Schedule(new ConnectionExpiry(this, connection), expireAt);
        }
    }

    /// <summary>Asks about the subscription when it expires, where its namespace says so.</summary>
    public void Watch(Connection connection, Subscription subscription)
    {
        if (subscription is { ExpireAt: { } expireAt, Grant.Basis: GrantBasis.Application }
            && channels.AsksForRefresh
            && namespaces.CurrentValue.Find(subscription.Channel) is { SubRefreshProxy: true, SubscribeDecision: ChannelDecision.Proxy })
        {
            clock.Schedule(new SubscriptionExpiry(this, connection, subscription), expireAt);
        }
    }

    /// <summary>Asks about the connection now.</summary>
    public async Task RefreshAsync(Connection connection)
    {
        try
        {
            if (await connections.RefreshAsync(connection, connection.Identity!) is not { } identity || identity.ExpireAt <= clock.Now)
            {
                connection.Close(DisconnectCode.Expired);
                return;
            }

            connection.Refreshed(identity);
            Watch(connection);
        }
        catch (WsClusterException)
        {
            clock.Schedule(new ConnectionExpiry(this, connection), clock.Now + RepeatAfter);
        }
        catch (Exception e)
        {
            ProxyLog.RefreshFailed(logger, e); // it ends as expired
        }
    }

    /// <summary>Asks about the subscription now.</summary>
    public async Task RefreshAsync(Connection connection, Subscription subscription)
    {
        try
        {
            if (await channels.RefreshAsync(connection, subscription) is not { } options || options.ExpireAt <= clock.Now)
            {
                subscription.CheckExpiry(DateTimeOffset.MaxValue, TimeSpan.Zero); // its time is over now
                return;
            }

            subscription.ExpireAt = options.ExpireAt;
            subscription.ChanInfo = options.ChanInfo ?? subscription.ChanInfo;
            connection.WakeForExpiry(options.ExpireAt);
            Watch(connection, subscription);
        }
        catch (WsClusterException)
        {
            clock.Schedule(new SubscriptionExpiry(this, connection, subscription), clock.Now + RepeatAfter);
        }
        catch (Exception e)
        {
            ProxyLog.RefreshFailed(logger, e); // it ends as expired
        }
    }

    private sealed class ConnectionExpiry(ServerSideRefresh refresh, Connection connection) : IDeadline
    {
        public DateTimeOffset? OnDeadline(DateTimeOffset now)
        {
            if (connection.IsClosed || connection.Identity?.ExpireAt is not { } expireAt)
            {
                return null;
            }

            if (expireAt > now)
            {
                return expireAt; // the server API gave it more time meanwhile
            }

            _ = refresh.RefreshAsync(connection);
            return null;
        }
    }

    private sealed class SubscriptionExpiry(ServerSideRefresh refresh, Connection connection, Subscription subscription) : IDeadline
    {
        public DateTimeOffset? OnDeadline(DateTimeOffset now)
        {
            if (!connection.IsClosed && subscription.IsLive && subscription.ExpireAt <= now)
            {
                _ = refresh.RefreshAsync(connection, subscription);
            }

            return null;
        }
    }
}
