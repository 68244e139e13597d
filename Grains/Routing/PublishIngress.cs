using Orleans.Runtime;
using WsCluster.Routing;

namespace WsCluster.Grains.Routing;

/// <summary>
/// Takes a gateway's publications off the network as one message and hands them to this silo's channels, whose calls then
/// cost neither serialisation nor a socket. One for each gateway, on the silo that its key names. Holds no state.
/// </summary>
[KeyedSiloPlacement]
internal sealed class PublishIngress(ChannelReferences channels, ILocalSiloDetails silo) : Grain, IPublishIngress
{
    private readonly string _siloId = silo.SiloAddress.ToParsableString();

    public async Task<PublishReceipt[]> PublishAsync(ChannelPublishes[] groups)
    {
        ArgumentNullException.ThrowIfNull(groups);

        // All calls are made before any is waited for: calls to one channel arrive in their order, and a slow one holds up
        // nobody but the gateway that waits for this batch.
        var calls = new Task<PublishReceipt>[groups.Length];
        for (var i = 0; i < groups.Length; i++)
        {
            calls[i] = channels.For(groups[i].Channel).PublishManyAsync(groups[i].Requests);
        }

        var receipts = new PublishReceipt[groups.Length];
        for (var i = 0; i < calls.Length; i++)
        {
            receipts[i] = await ReceiptOfAsync(calls[i], groups[i]);
        }

        return receipts;
    }

    private async ValueTask<PublishReceipt> ReceiptOfAsync(Task<PublishReceipt> call, ChannelPublishes group)
    {
        try
        {
            var receipt = await call;
            return receipt.SiloId == _siloId ? receipt with { SiloId = null } : receipt;
        }
        catch (WsClusterException e)
        {
            var refused = new PublishOutcome(StreamPosition.None, e.Code);
            return new PublishReceipt { Outcomes = [.. Enumerable.Repeat(refused, group.Requests.Length)] };
        }
        catch (OrleansMessageRejectionException)
        {
            return new PublishReceipt { Status = PublishCallStatus.NotRun };
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return new PublishReceipt { Status = PublishCallStatus.Unknown };
        }
    }
}
