using WsCluster.Routing;

namespace WsCluster.Gateway.Ledgers;

/// <summary>Asks the channel's grain and all gateways, so that any gateway can answer for the whole cluster.</summary>
internal sealed class ClusterLedger(OrleansWsCluster cluster, IGrainFactory grains)
{
    /// <summary>What the grain and the gateways know.</summary>
    /// <exception cref="WsClusterException">The channel does not exist, or its grain is out of reach.</exception>
    public async Task<ClusterExplanation> ExplainAsync(ExplainQuery query, CancellationToken cancellationToken)
    {
        var channel = await cluster.AskAsync(() => grains.Find<IChannelRouting>(query.Channel).ExplainAsync(), cancellationToken);
        var asked = query with { AlsoOffsets = [.. channel.Publications.Select(publication => publication.Offset)] };
        var gateways = await cluster.AskGatewaysAsync(gateway => gateway.ExplainAsync(asked), cancellationToken);
        return new ClusterExplanation(query, channel, [.. gateways.OrderBy(gateway => gateway.GatewayId, StringComparer.Ordinal)]);
    }
}

/// <summary>All that the cluster knows about a question.</summary>
/// <param name="Query">The question.</param>
/// <param name="Channel">What the channel's grain remembers.</param>
/// <param name="Gateways">What the gateways remember.</param>
internal sealed record ClusterExplanation(ExplainQuery Query, ChannelExplanation Channel, IReadOnlyList<GatewayExplanation> Gateways)
{
    /// <summary>When the grain handed a publication to the gateways; null when it does not remember.</summary>
    public PublishedEntry? Find(ulong offset) =>
        offset == 0 ? null : Channel.Publications.LastOrDefault(publication => publication.Offset == offset);

    /// <summary>The newest queue from the channel's silo to a gateway; null when there is none.</summary>
    public OutboxDescription? OutboxOf(string gatewayId) =>
        Channel.Outboxes.Where(outbox => outbox.GatewayId == gatewayId).MaxBy(outbox => (outbox.IsAttached, outbox.Incarnation));
}
