using System.Diagnostics;

namespace WsCluster.Gateway.Connections;

/// <summary>The round that a thread is to run next, and how long it may wait for more. Not safe by itself: the thread's lock guards it.</summary>
internal struct PendingRound
{
    private IThreadPoolWorkItem? _round;
    private long _scheduledAt; // for the first time since the last round
    private long _due; // when it has waited long enough

    /// <summary>False while nothing is to be done.</summary>
    public readonly bool Exists => _round is not null;

    /// <summary>How long it may still wait.</summary>
    public readonly TimeSpan Rest => Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), _due);

    /// <inheritdoc cref="IWriterScheduler.Schedule"/>
    public void Schedule(IThreadPoolWorkItem round, TimeSpan joinInterval)
    {
        var now = Stopwatch.GetTimestamp();
        var due = now + (long)(joinInterval.TotalSeconds * Stopwatch.Frequency);
        _due = _round is null || due < _due ? due : _due;
        _scheduledAt = _round is null ? now : _scheduledAt;
        _round = round;
    }

    /// <summary>Takes it, with the time at which it was first scheduled; null while there is none.</summary>
    public IThreadPoolWorkItem? Take(out long scheduledAt)
    {
        scheduledAt = _scheduledAt;
        var round = _round;
        _round = null;
        return round;
    }
}
