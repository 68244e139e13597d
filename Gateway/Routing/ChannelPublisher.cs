using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Hosting;

namespace WsCluster.Gateway.Routing;

/// <summary>
/// Publishes for clients, and repeats a publish that met a dead or moving silo until the deadline. In a channel with history
/// it gets its place in the stream at most once: the protocol has no field for an idempotency key, so each publish gets one of
/// ours, and every attempt carries it. A channel without history has no stream to look a key up in that would be worth its
/// memory: there a publish is repeated only when it certainly did not run.
/// </summary>
internal sealed class ChannelPublisher(
    IGrainFactory grains, ClusterCalls calls, IOptions<GatewayOptions> options, GatewayMetrics metrics, TimeProvider time)
{
    /// <summary>Publishes. A task that ends well means what the channel's durability says.</summary>
    /// <exception cref="WsClusterException">The channel refused; temporary where <see cref="WsClusterException.IsTemporary"/> says so.</exception>
    /// <exception cref="TimeoutException">The deadline has passed, and the outcome is unknown; so with Orleans' exceptions.</exception>
    public Task<StreamPosition> PublishAsync(string channel, ChannelOptions channelOptions, PublishRequest request)
    {
        var attempts = 0;
        if (!channelOptions.HasHistory)
        {
            return calls.RepeatUnlessRunAsync(() => Attempt(request));
        }

        // The key must be there from the first attempt on: it is that attempt's outcome which nobody knows.
        var keyed = string.IsNullOrEmpty(request.IdempotencyKey) ? request with { IdempotencyKey = IdempotencyKeys.Next() } : request;
        return calls.RepeatKeyedAsync(() => Attempt(keyed).WaitAsync(options.Value.AttemptTimeout, time));

        Task<StreamPosition> Attempt(PublishRequest attempt)
        {
            if (attempts++ > 0)
            {
                metrics.PublishRepeated();
            }

            return grains.Find<IChannelGrain>(channel).PublishAsync(attempt);
        }
    }
}
