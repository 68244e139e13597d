using Orleans.Runtime;
using WsCluster.Routing;

namespace WsCluster.Grains.Routing;

/// <summary>
/// Takes a gateway's publications off the network as one message and hands them to this silo's channels: into those that can be
/// entered, and to the others by calls, which then cost neither serialisation nor a socket. One for each gateway, on the silo that its
/// key names. Holds no state.
/// </summary>
[KeyedSiloPlacement]
internal sealed class PublishIngress(ILocalChannels local, ChannelReferences channels, ILocalSiloDetails silo) : Grain, IPublishIngress
{
    private readonly string _siloId = silo.SiloAddress.ToParsableString();

    public async Task<PublishReceipt[]> PublishAsync(ChannelPublishes[] groups)
    {
        ArgumentNullException.ThrowIfNull(groups);

        // All calls are made before any is waited for: calls to one channel arrive in their order, and a slow one holds up
        // nobody but the gateway that waits for this batch.
        var receipts = new PublishReceipt[groups.Length];
        Task<PublishReceipt>?[]? calls = null;
        for (var i = 0; i < groups.Length; i++)
        {
            var group = groups[i];
            var outcomes = new PublishOutcome[group.Requests.Length];
            if (local.TryPublish(group.Channel, group.Requests, outcomes))
            {
                receipts[i] = new PublishReceipt { Outcomes = outcomes };
            }
            else
            {
                calls ??= new Task<PublishReceipt>?[groups.Length];
                calls[i] = channels.For(group.Channel).PublishManyAsync(group.Requests);
            }
        }

        for (var i = 0; i < calls?.Length; i++)
        {
            if (calls[i] is { } call)
            {
                receipts[i] = await ReceiptOfAsync(call, groups[i]);
            }
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
            var refused = PublishOutcome.Of(e);
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
