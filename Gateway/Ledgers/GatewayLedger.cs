using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Routing;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;

namespace WsCluster.Gateway.Ledgers;

/// <summary>Answers for this gateway what became of a channel's publications for a user or a connection.</summary>
internal sealed class GatewayLedger(
    GatewayLanes lanes, ConnectionRegistry connections, ChannelDirectory channels, EndedSubscriptions ended)
{
    /// <summary>Connections in one answer, and ended subscriptions as many again.</summary>
    public const int MaxConnections = 20;

    /// <summary>What is known here.</summary>
    public GatewayExplanation Explain(ExplainQuery query)
    {
        var channel = channels.Find(query.Channel);
        var live = new List<(Connection Connection, Subscription? Subscription)>();
        foreach (var connection in Asked(query))
        {
            live.Add((connection, connection.FindSubscription(query.Channel)));
        }

        var (ledger, traces) = channel is null
            ? (LedgerSnapshot.Empty, [])
            : channel.Explain([.. live.Select(found => found.Subscription).OfType<Subscription>()]);
        var answers = new List<ConnectionExplanation>();
        foreach (var trace in ended.Find(query).TakeLast(MaxConnections))
        {
            answers.Add(Describe(ledger, trace, query));
        }

        foreach (var (connection, subscription) in live)
        {
            var trace = traces.FirstOrDefault(trace => trace.Client == connection.Id);
            if (trace is not null && subscription is not null)
            {
                answers.Add(Describe(ledger, trace, query));
            }
            else if (!connection.IsClosed) // one on its way out is among the ended
            {
                answers.Add(NotSubscribed(connection));
            }
        }

        return new GatewayExplanation
        {
            GatewayId = lanes.GatewayId,
            IsSubscribed = channel is not null,
            IsSynchronising = ledger.IsSynchronising,
            Position = ledger.Position,
            Events = ledger.Events,
            Connections = answers,
        };
    }

    private IEnumerable<Connection> Asked(ExplainQuery query) =>
        connections.All.Where(c => c.Identity is { } identity && query.Matches(identity.User, c.Id)).OrderBy(c => c.OpenedAt).Take(MaxConnections);

    private static ConnectionExplanation Describe(LedgerSnapshot ledger, SubscriptionTrace trace, ExplainQuery query) => new()
    {
        Client = trace.Client,
        User = trace.User,
        ConnectedAt = trace.ConnectedAt,
        State = trace.State,
        SubscribedAt = trace.Start.At == 0 ? null : new DateTimeOffset(trace.Start.At, TimeSpan.Zero),
        SubscribedFrom = trace.Start.Offset,
        RecoveredAfter = trace.Start.RecoveredAfter == SubscriptionStart.NotRecovered ? null : trace.Start.RecoveredAfter,
        IsFiltered = trace.Filter is not null,
        QueuedBytes = trace.QueuedBytes,
        EndedAt = trace.EndedAt,
        EndCode = trace.EndCode,
        Publications = query.Offset is { } one ? [Outcomes.Of(ledger, trace, one)] : Outcomes.OfAll(ledger, trace, query.AlsoOffsets),
    };

    private static ConnectionExplanation NotSubscribed(Connection connection) => new()
    {
        Client = connection.Id,
        User = connection.Identity!.User,
        ConnectedAt = connection.OpenedAt,
        State = SubscriptionState.None,
        QueuedBytes = connection.Writer.QueuedBytes,
    };
}
