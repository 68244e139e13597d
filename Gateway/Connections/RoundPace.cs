using System.Diagnostics;

namespace WsCluster.Gateway.Connections;

/// <summary>How much of a thread's time its rounds of sending take.</summary>
internal struct RoundPace
{
    /// <summary>The share of its time that the thread may spend sending before rounds wait for each other.</summary>
    private const double BusyShare = 0.15;

    /// <summary>How much the newest round counts in that share.</summary>
    private const double Smoothing = 0.25;

    private double _share;
    private long _lastStart;
    private long _lastEnd;

    /// <summary>Starts now.</summary>
    public static RoundPace Start()
    {
        var now = Stopwatch.GetTimestamp();
        return new RoundPace { _lastStart = now, _lastEnd = now };
    }

    /// <summary>True while a round is to wait for its time to join.</summary>
    public readonly bool IsBusy => _share >= BusyShare;

    /// <summary>Runs a round.</summary>
    /// <returns>When it ended.</returns>
    public long Run(IThreadPoolWorkItem round)
    {
        var start = Stopwatch.GetTimestamp();
        round.Execute();
        var sent = (double)(_lastEnd - _lastStart) / Math.Max(1, start - _lastStart);
        _share += (sent - _share) * Smoothing;
        _lastStart = start;
        _lastEnd = Stopwatch.GetTimestamp();
        return _lastEnd;
    }
}
