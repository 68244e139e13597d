using System.Diagnostics.CodeAnalysis;
using Orleans.Runtime;
using WsCluster.Routing;

namespace WsCluster.Grains.Routing;

/// <summary>
/// Sends an outbox's batches, one at a time: each until the gateway acknowledges it, by its answer or by another way, and always the
/// same bytes, as an unanswered call may have arrived.
/// </summary>
/// <param name="context">What the silo's outboxes share.</param>
/// <param name="lane">The lane that is delivered to.</param>
/// <param name="observer">What takes the batches.</param>
/// <param name="lost">Called with the reason when the gateway cannot be reached any more.</param>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "CancelAsync ends the source; it has no timer or handle.")]
internal sealed class BatchSender(OutboxContext context, GatewayLane lane, IGatewayObserver observer, Action<string> lost)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);

    // An answer that is lost is lost soon; one that is late because everything is slow gets more time at the next attempt.
    private static readonly TimeSpan FirstAttempt = TimeSpan.FromSeconds(1);

    // A gateway that reconnects to the cluster, or whose silo is stopping, is out of reach for a moment only.
    private const int MostUnavailable = 5;

    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _lock = new(); // guards the next two
    private TaskCompletionSource? _acknowledged; // by another way than the answer: of the batch under way
    private long _sequence; // its number
    private volatile bool _isClosed;

    /// <summary>Sends until the batch is acknowledged. False when it never will be.</summary>
    public async Task<bool> SendAsync(DeliveryBatch batch)
    {
        var acknowledged = Begin(batch.Sequence);
        var unavailable = 0;
        for (var limit = FirstAttempt; !_isClosed; limit = Timeout.InfiniteTimeSpan) // the call has a limit of its own
        {
            try
            {
                await AcknowledgementAsync(batch, acknowledged).WaitAsync(limit, context.Time, _closing.Token);
                return true;
            }
            catch (UnknownOutboxException e)
            {
                lost(e.Message);
                return false;
            }
            catch (ClientNotAvailableException) when (++unavailable >= MostUnavailable)
            {
                lost("not connected to the cluster");
                return false;
            }
            catch (Exception e) when (!_isClosed)
            {
                RoutingLog.BatchRetried(context.Logger, e, lane.GatewayId, lane.Lane, batch.Sequence);
                context.Metrics.BatchRetried();
            }
            catch (Exception)
            {
                return false;
            }

            await Task.Delay(RetryPause, context.Time, _closing.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        return false;
    }

    /// <summary>The gateway says that it has taken this batch.</summary>
    public void Acknowledge(long sequence)
    {
        lock (_lock)
        {
            if (sequence == _sequence)
            {
                _acknowledged?.TrySetResult();
            }
        }
    }

    /// <summary>Nothing is sent any more; <see cref="CancelAsync"/> is to follow.</summary>
    public void Close() => _isClosed = true;

    /// <summary>Ends what is under way. Whoever waits for it may run here: not under a lock.</summary>
    public Task CancelAsync()
    {
        _closing.Cancel();
        return Task.CompletedTask;
    }

    private Task Begin(long sequence)
    {
        lock (_lock)
        {
            _sequence = sequence;
            _acknowledged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _acknowledged.Task;
        }
    }

    /// <summary>The gateway's answer, or its word by another way.</summary>
    private async Task AcknowledgementAsync(DeliveryBatch batch, Task acknowledged)
    {
        var answer = observer.DeliverAsync(batch);
        if (!answer.IsCompleted)
        {
            await Task.WhenAny(answer, acknowledged);
        }

        if (acknowledged.IsCompleted)
        {
            _ = answer.ContinueWith(static late => late.Exception, TaskScheduler.Default); // nobody needs it any more
            return;
        }

        await answer;
    }
}
