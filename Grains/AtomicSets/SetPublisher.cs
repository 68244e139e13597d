using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace WsCluster.Grains.AtomicSets;

/// <summary>
/// Publishes atomic sets (docs/atomic-publish.md): checks, has it decided, publishes in each channel, has it remembered. It may die
/// anywhere in between. What was decided is then finished by somebody else with the same steps, each of which may be repeated.
/// </summary>
internal sealed class SetPublisher(
    ISetStore store,
    ISetChannels channels,
    AtomicSetRules rules,
    IOptions<AtomicPublishOptions> options,
    TimeProvider time,
    GrainMetrics metrics,
    ILogger<SetPublisher> logger)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AttemptTime = TimeSpan.FromSeconds(2);

    /// <summary>While a configuration is rolled out silos differ for a while. Without a namespace there is no channel, and nobody to read it.</summary>
    private static readonly TimeSpan ChannelGoneAfter = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<long, Task<SetOutcome>> _underWay = []; // by number: repeats wait for the first here

    /// <summary>Publishes a set.</summary>
    /// <exception cref="WsClusterException">See <see cref="IAtomicPublishGrain.PublishAsync"/>.</exception>
    public async Task<AtomicPublishResult> PublishAsync(AtomicPublishRequest request)
    {
        rules.Check(request);
        var key = string.IsNullOrEmpty(request.IdempotencyKey) ? IdempotencyKeys.Next() : request.IdempotencyKey;
        var decision = await store.DecideAsync(key, request.Publications);
        var decided = decision.Outcome?.Channels ?? SetOutcome.FingerprintOf(decision.Incomplete!.Publications);
        if (decided != SetOutcome.FingerprintOf(request.Publications))
        {
            throw new WsClusterException(ErrorCode.BadRequest, "The idempotency key was used for other channels.");
        }

        var outcome = decision.Outcome;
        if (outcome is null)
        {
            outcome = await FinishAsync(decision.Incomplete!);
            metrics.SetPublished("call");
        }

        return new AtomicPublishResult { Positions = outcome.Positions };
    }

    /// <summary>Publishes what a set that was decided may lack, and ends it.</summary>
    /// <exception cref="WsClusterException">100: not now. The set stays, and so does what is published of it.</exception>
    public Task<SetOutcome> FinishAsync(AtomicSet set)
    {
        var source = new TaskCompletionSource<SetOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var underWay = _underWay.GetOrAdd(set.Number, source.Task);
        if (underWay == source.Task)
        {
            _ = Task.Run(() => FinishAsync(set, source)); // nobody's turn: whoever waits for it may go
        }

        return underWay;
    }

    private async Task FinishAsync(AtomicSet set, TaskCompletionSource<SetOutcome> source)
    {
        try
        {
            var started = time.GetTimestamp();
            var positions = await Task.WhenAll(set.Publications.Select(publication => PublishAsync(set, publication, started)));
            var outcome = await store.CompleteAsync(set, positions);
            _underWay.TryRemove(set.Number, out _);
            source.SetResult(outcome);
        }
        catch (Exception e)
        {
            _underWay.TryRemove(set.Number, out _);
            source.SetException(e);
        }
    }

    private async Task<StreamPosition> PublishAsync(AtomicSet set, ChannelPublication publication, long started)
    {
        var request = set.RequestFor(publication);
        for (var delay = FirstDelay; ; delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay)
        {
            try
            {
                return await channels.PublishAsync(publication.Channel, request).WaitAsync(AttemptTime, time);
            }
            catch (WsClusterException e) when (e.Code == ErrorCode.UnknownChannel && set.Age(time) > ChannelGoneAfter)
            {
                // It was there when the set was decided, and no silo that is just starting has yet to hear of it.
                AtomicSetLog.ChannelGone(logger, set.Number, publication.Channel);
                return StreamPosition.None;
            }
            catch (Exception e)
            {
                AtomicSetLog.NotYet(logger, set.Number, publication.Channel, e.Message);
            }

            if (time.GetElapsedTime(started) + delay >= options.Value.Timeout)
            {
                throw new WsClusterException(
                    ErrorCode.Internal, $"Channel {publication.Channel} cannot be reached: the set is decided and will be published. Repeat with the same key.");
            }

            await Task.Delay(delay, time);
        }
    }
}
