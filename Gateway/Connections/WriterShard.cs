using System.Diagnostics;

namespace WsCluster.Gateway.Connections;

/// <summary>
/// A thread that sends for many connections, one after the other: a publication to thousands of subscribers wakes a few
/// threads once instead of queueing thousands of work items. While sending is what keeps it busy it pauses between rounds,
/// so that more is joined into each send; the first message after a quiet time goes at once.
/// </summary>
internal sealed class WriterShard : IWriterScheduler, IDisposable
{
    /// <summary>A round shorter than this does not pay for waiting.</summary>
    private static readonly TimeSpan BusyRound = TimeSpan.FromMilliseconds(1);

    private readonly object _sync = new(); // a monitor: it waits without spinning first, which cost a tenth of the CPU
    private readonly TimeSpan _joinInterval;
    private readonly GatewayMetrics _metrics;
    private List<IThreadPoolWorkItem> _scheduled = []; // guarded by _sync, like the fields below
    private long _scheduledAt; // when the first of them was
    private bool _asleep;
    private bool _stopped;

    public WriterShard(int number, TimeSpan joinInterval, GatewayMetrics metrics)
    {
        _joinInterval = joinInterval;
        _metrics = metrics;
        new Thread(Run) { IsBackground = true, Name = $"writer {number}" }.Start();
    }

    /// <inheritdoc/>
    public void Schedule(IThreadPoolWorkItem writer)
    {
        lock (_sync)
        {
            if (_scheduled.Count == 0)
            {
                _scheduledAt = Stopwatch.GetTimestamp();
            }

            _scheduled.Add(writer);
            Wake();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_sync)
        {
            _stopped = true;
            Wake();
        }
    }

    private void Wake()
    {
        if (_asleep)
        {
            _asleep = false;
            Monitor.Pulse(_sync);
        }
    }

    private void Run()
    {
        List<IThreadPoolWorkItem> round = [];
        while (TryTakeRound(ref round, out var scheduledAt))
        {
            var start = Stopwatch.GetTimestamp();
            foreach (var writer in round)
            {
                writer.Execute(); // never throws: a writer reports its own failure
            }

            round.Clear();
            var end = Stopwatch.GetTimestamp();
            _metrics.RoundSent(Stopwatch.GetElapsedTime(scheduledAt, end));
            var taken = Stopwatch.GetElapsedTime(start, end);
            if (taken >= BusyRound && taken < _joinInterval)
            {
                Thread.Sleep(_joinInterval - taken);
            }
        }
    }

    /// <summary>Swaps the empty list for what was scheduled, and sleeps while there is nothing. False when stopped.</summary>
    private bool TryTakeRound(ref List<IThreadPoolWorkItem> round, out long scheduledAt)
    {
        lock (_sync)
        {
            while (_scheduled.Count == 0 && !_stopped)
            {
                _asleep = true;
                Monitor.Wait(_sync);
            }

            (_scheduled, round) = (round, _scheduled);
            scheduledAt = _scheduledAt;
            return !_stopped;
        }
    }
}

/// <summary>One shard for each core; a connection stays with its shard.</summary>
internal sealed class WriterShards : IDisposable
{
    private readonly WriterShard[] _shards;
    private int _next;

    public WriterShards(TimeSpan joinInterval, GatewayMetrics metrics)
    {
        _shards = new WriterShard[Environment.ProcessorCount];
        for (var i = 0; i < _shards.Length; i++)
        {
            _shards[i] = new WriterShard(i, joinInterval, metrics);
        }
    }

    /// <summary>The shard of a new connection.</summary>
    public WriterShard Next() => _shards[(uint)Interlocked.Increment(ref _next) % (uint)_shards.Length];

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_shards, s => s.Dispose());
}
