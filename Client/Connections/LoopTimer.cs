namespace WsCluster.Client.Connections;

/// <summary>Does something on the loop after a time. Starting it again, or stopping it, takes the earlier start back.</summary>
internal sealed class LoopTimer(ClientLoop loop, TimeProvider time, Action work)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(int.MaxValue);

    // Of the loop.
    private ITimer? _timer;
    private object? _start;

    public void Start(TimeSpan after)
    {
        Stop();
        var start = new object();
        _start = start;
        _timer = time.CreateTimer(_ => loop.RunAsync(() => Fire(start)), null, after < Longest ? after : Longest, Timeout.InfiniteTimeSpan);
    }

    public void Stop()
    {
        _start = null;
        _timer?.Dispose();
        _timer = null;
    }

    private void Fire(object start)
    {
        if (ReferenceEquals(start, _start)) // else it was stopped while this was on its way
        {
            Stop();
            work();
        }
    }
}
