using System.Diagnostics;

namespace WsCluster.Gateway.Connections;

/// <summary>
/// A thread that runs one shard's rounds: at once, or, while sending is what keeps the thread busy, when the round's time to join
/// is over. A send costs much more than a message in it, so what is joined meanwhile is nearly free.
/// </summary>
internal sealed class WriterThread : IWriterScheduler, IDisposable
{
    private readonly GatewayMetrics _metrics;
    private readonly object _sync = new(); // a monitor: it waits without spinning first, which cost a tenth of the CPU
    private PendingRound _next; // a mutable struct; guarded by _sync, like the field below
    private bool _stopped;

    /// <summary>Starts the thread.</summary>
    public WriterThread(int number, GatewayMetrics metrics)
    {
        _metrics = metrics;
        new Thread(Run) { IsBackground = true, Name = $"writer {number}" }.Start();
    }

    /// <inheritdoc/>
    public void Schedule(IThreadPoolWorkItem shard, TimeSpan joinInterval)
    {
        lock (_sync)
        {
            _next.Schedule(shard, joinInterval);
            Monitor.Pulse(_sync);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_sync)
        {
            _stopped = true;
            Monitor.Pulse(_sync);
        }
    }

    private void Run()
    {
        var pace = RoundPace.Start();
        while (TryWait(pace.IsBusy, out var scheduledAt) is { } shard)
        {
            _metrics.RoundSent(Stopwatch.GetElapsedTime(scheduledAt, pace.Run(shard)));
        }
    }

    /// <summary>Waits for a round, and under load for its time. Null when stopped.</summary>
    private IThreadPoolWorkItem? TryWait(bool isBusy, out long scheduledAt)
    {
        lock (_sync)
        {
            while (!_next.Exists && !_stopped)
            {
                Monitor.Wait(_sync);
            }

            while (isBusy && !_stopped && _next.Rest is { Ticks: > 0 } rest)
            {
                Monitor.Wait(_sync, (int)Math.Ceiling(rest.TotalMilliseconds));
            }

            var shard = _next.Take(out scheduledAt);
            return _stopped ? null : shard;
        }
    }
}
