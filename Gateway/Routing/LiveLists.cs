using System.IO.Enumeration;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Routing;

/// <summary>This gateway's part of the lists of what is live: the first entries after a mark, in order.</summary>
internal sealed class LiveLists(GatewayLanes lanes, ConnectionRegistry connections, ChannelDirectory channels)
{
    /// <summary>Channels with local subscribers.</summary>
    public IReadOnlyList<ChannelDescription> Channels(ListQuery query) =>
        First(channels.Occupied.Where(channel => Matches(query, channel.Name)), channel => channel.Name, query)
            .ConvertAll(channel => new ChannelDescription(channel.Name, channel.Subscribers));

    /// <summary>Users with connections here, the anonymous one not counted.</summary>
    public IReadOnlyList<UserDescription> Users(ListQuery query)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var connection in connections.All)
        {
            if (connection.Identity is { User.Length: > 0 } identity && Matches(query, identity.User))
            {
                counts[identity.User] = counts.GetValueOrDefault(identity.User) + 1;
            }
        }

        return First(counts, count => count.Key, query).ConvertAll(count => new UserDescription(count.Key, count.Value));
    }

    /// <summary>Connections that have connected.</summary>
    public IReadOnlyList<ConnectionDescription> Connections(ListQuery query) =>
        First(
            connections.All.Where(connection => connection.Identity is { } identity && (query.User is null || query.User == identity.User)),
            connection => connection.Id,
            query).ConvertAll(Describe);

    private ConnectionDescription Describe(Connection connection)
    {
        var identity = connection.Identity!;
        return new ConnectionDescription
        {
            Client = connection.Id,
            User = identity.User,
            GatewayId = lanes.GatewayId,
            ConnectedAt = connection.OpenedAt,
            Name = identity.Name,
            Version = identity.Version,
            Transport = connection.TransportName,
            Session = identity.Session,
            Channels = [.. connection.GetSubscriptions().Where(subscription => subscription.IsLive).Select(subscription => subscription.Channel).Order(StringComparer.Ordinal)],
        };
    }

    private static bool Matches(ListQuery query, string name) =>
        query.Pattern.Length == 0 || FileSystemName.MatchesSimpleExpression(query.Pattern, name, ignoreCase: false);

    private static List<T> First<T>(IEnumerable<T> all, Func<T, string> key, ListQuery query) =>
        [.. all.Where(item => string.CompareOrdinal(key(item), query.After) > 0)
            .OrderBy(key, StringComparer.Ordinal)
            .Take(Math.Clamp(query.Limit, 1, ListQuery.MaxLimit))];
}
