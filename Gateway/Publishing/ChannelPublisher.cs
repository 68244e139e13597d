using Microsoft.Extensions.Options;
using Orleans.Runtime;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Gateway.Publishing;

/// <summary>
/// Publishes groups of publications and sees each through to its outcome: finds the way to the channel's silo, and repeats
/// until the deadline what met a dead or moving silo. What carries an idempotency key is repeated also when it may have run; the
/// rest only when it certainly did not.
/// </summary>
internal sealed class ChannelPublisher(
    ChannelReferences channels,
    ChannelPlaces places,
    SiloEntrances entrances,
    GatewayLanes lanes,
    IOptions<GatewayOptions> options,
    GatewayMetrics metrics,
    TimeProvider time,
    ILogger<ChannelPublisher> logger,
    ILocalChannels? local = null)
{
    /// <summary>
    /// Publishes. Publications of one channel keep their order; each gets its <see cref="PendingPublish.Outcome"/>. Never throws.
    /// </summary>
    public Task PublishAsync(List<PendingPublish> group)
    {
        var done = PublishHere(group);
        if (done == group.Count)
        {
            return Task.CompletedTask;
        }

        var byChannel = group.Skip(done).GroupBy(publish => publish.Channel, StringComparer.Ordinal).Select(channel => channel.ToArray()).ToArray();
        var calls = Array.ConvertAll(byChannel, PublishAsync);
        places.Flush(); // only now, so that what goes to one silo goes together
        return calls.Length == 1 ? calls[0] : Task.WhenAll(calls);
    }

    /// <summary>
    /// Publishes what it can without a call, in embedded mode. It stops at the first that has to be called: one behind it in the
    /// same channel must not overtake it.
    /// </summary>
    /// <returns>How many of the group are published.</returns>
    private int PublishHere(List<PendingPublish> group)
    {
        if (local is null)
        {
            return 0;
        }

        var done = 0;
        PublishOutcome outcome = default;
        while (done < group.Count && local.TryPublish(group[done].Channel, [group[done].Request], new(ref outcome)))
        {
            group[done++].Outcome = outcome;
        }

        return done;
    }

    private async Task PublishAsync(PendingPublish[] publishes)
    {
        var start = time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            var receipt = await LimitedAsync(publishes, TryAsync(publishes[0].Channel, Array.ConvertAll(publishes, publish => publish.Request), attempt));
            Settle(publishes, receipt);
            publishes = publishes[FirstToRepeat(publishes, receipt.Status)..];
            var taken = time.GetElapsedTime(start);
            if (publishes.Length == 0 || taken > options.Value.ClusterDeadline)
            {
                metrics.PublishesSettled(taken);
                return;
            }

            metrics.PublishRepeated();
            await Task.Delay(Backoff.Delay(attempt), time);
        }
    }

    /// <summary>Gives up on an attempt that may be repeated in spite of an unknown outcome.</summary>
    private async Task<PublishReceipt> LimitedAsync(PendingPublish[] publishes, Task<PublishReceipt> attempt)
    {
        if (attempt.IsCompleted || publishes[^1].Request.IdempotencyKey is null)
        {
            return await attempt;
        }

        try
        {
            return await attempt.WaitAsync(options.Value.AttemptTimeout, time);
        }
        catch (TimeoutException)
        {
            places.Forget(publishes[0].Channel);
            return new PublishReceipt { Status = PublishCallStatus.Unknown };
        }
    }

    /// <summary>
    /// One attempt: through the silo's ingress where the channel's silo is known, else to wherever the channel is. After a failure
    /// a silo that was heard lately is to find it: Orleans' own way may lead through one that hangs, or cannot reach the channel's.
    /// </summary>
    private async Task<PublishReceipt> TryAsync(string channel, PublishRequest[] requests, int attempt)
    {
        if (places.Find(channel) is { } ingress)
        {
            var receipt = await ingress.PublishAsync(channel, requests);
            if (receipt.Status != PublishCallStatus.Done)
            {
                places.Forget(channel);
            }
            else if (receipt.SiloId is not null)
            {
                places.Learn(channel, receipt.SiloId);
            }

            return receipt;
        }

        var direct = attempt > 0 && entrances.Next() is var (siloId, entrance)
            ? await PublishCall.MakeAsync(siloId, entrance, lanes.GatewayId, channel, requests, logger)
            : await PublishCall.MakeAsync(channels, channel, requests, logger);
        if (direct.SiloId is not null)
        {
            places.Learn(channel, direct.SiloId);
        }

        return direct;
    }

    private static void Settle(PendingPublish[] publishes, PublishReceipt receipt)
    {
        for (var i = 0; i < publishes.Length; i++)
        {
            publishes[i].Outcome = receipt.Status == PublishCallStatus.Done
                ? receipt.Outcomes[i]
                : new PublishOutcome(StreamPosition.None, ErrorCode.Internal);
        }
    }

    /// <summary>
    /// The first of those at the end that may be tried again. One that failed before another was published stays failed:
    /// repeating it would swap the two.
    /// </summary>
    private static int FirstToRepeat(PendingPublish[] publishes, PublishCallStatus status)
    {
        var first = publishes.Length;
        while (first > 0 && publishes[first - 1] is { Outcome.Error: ErrorCode.Internal } last &&
            (status == PublishCallStatus.NotRun || last.Request.IdempotencyKey is not null))
        {
            first--;
        }

        return first;
    }
}
