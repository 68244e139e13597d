using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Gateway.Publishing;

/// <summary>A publish call whose failures are a status: whether the call may have run decides what may be repeated.</summary>
internal static class PublishCall
{
    /// <summary>Calls the channel itself, wherever it is.</summary>
    public static async Task<PublishReceipt> MakeAsync(ChannelReferences channels, string channel, PublishRequest[] requests, ILogger logger)
    {
        try
        {
            return await channels.For(channel).PublishManyAsync(requests);
        }
        catch (WsClusterException e)
        {
            var refused = PublishOutcome.Of(e);
            return new PublishReceipt { Outcomes = [.. Enumerable.Repeat(refused, requests.Length)] };
        }
        catch (Exception e)
        {
            return new PublishReceipt { Status = StatusOf(e, logger) };
        }
    }

    /// <summary>Has a silo call the channel, wherever it is.</summary>
    public static async Task<PublishReceipt> MakeAsync(
        string siloId, ISiloEntrance entrance, string gatewayId, string channel, PublishRequest[] requests, ILogger logger)
    {
        try
        {
            var receipts = await entrance.PublishAsync(gatewayId, [new ChannelPublishes(channel, requests)]);
            return receipts[0] is { Status: PublishCallStatus.Done, SiloId: null } own ? own with { SiloId = siloId } : receipts[0];
        }
        catch (Exception e)
        {
            return new PublishReceipt { Status = StatusOf(e, logger) };
        }
    }

    /// <summary>What a failed call may have done.</summary>
    public static PublishCallStatus StatusOf(Exception exception, ILogger logger)
    {
        GatewayLog.PublishFailed(logger, exception.GetType().Name, exception.Message);
        return ClusterCalls.DidNotRun(exception) ? PublishCallStatus.NotRun : PublishCallStatus.Unknown;
    }
}
