using Microsoft.Extensions.Logging;
using WsCluster.Configuration;
using WsCluster.Grains.Channels;

namespace WsCluster.Grains.Behaviors;

/// <summary>What a behavior publishes from inside its channel: a handler's publications enter the stream once it has succeeded.</summary>
/// <param name="channel">Where handlers leave them.</param>
/// <param name="appends">Knows whether they still stand on something.</param>
/// <param name="append">Appends to the stream.</param>
/// <param name="options">The namespace's.</param>
/// <param name="logger">Hears of those that did not come to be.</param>
internal sealed class OwnPublications(
    BehaviorChannel channel, OptimisticAppends appends, Func<PublishRequest, ValueTask<StreamPosition>> append, ChannelOptions options, ILogger logger)
{
    private static readonly Task<bool> Done = Task.FromResult(true);
    private static readonly Task<bool> Failed = Task.FromResult(false);

    /// <summary>Publishes what the handler left, in its order. Ends with whether all of it came to be, once that is known.</summary>
    public Task<bool> Publish()
    {
        var requests = channel.TakePublished();
        if (requests.Count > 0 && appends.IsOutdated)
        {
            BehaviorLog.OwnPublicationRefused(logger, channel.Name, BehaviorFailure.Overtaken().Message);
            return Failed;
        }

        return requests.Count switch
        {
            0 => Done,
            1 => AppendAsync(requests[0]),
            _ => AllAsync([.. requests.Select(AppendAsync)]), // started in their order
        };
    }

    /// <summary>The handler failed: nothing of it is published.</summary>
    public void Drop() => channel.TakePublished();

    private async Task<bool> AppendAsync(PublishRequest request)
    {
        try
        {
            PublishRules.Check(request, options.PublicationDataFormat);
            await append(request);
            return true;
        }
        catch (Exception e)
        {
            BehaviorLog.OwnPublicationRefused(logger, channel.Name, e.Message);
            return false;
        }
    }

    private static async Task<bool> AllAsync(Task<bool>[] published) => Array.TrueForAll(await Task.WhenAll(published), one => one);
}
