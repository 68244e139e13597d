using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Receive;

/// <summary>The cluster's figures: writes down when somebody said that they look.</summary>
internal sealed class FakeFigures(TimeProvider time) : IClusterFigures
{
    private readonly Lock _sync = new();
    private readonly List<DateTimeOffset> _watched = []; // guarded by _sync

    /// <summary>When, so far.</summary>
    public IReadOnlyList<DateTimeOffset> Watched
    {
        get
        {
            lock (_sync)
            {
                return [.. _watched];
            }
        }
    }

    public Task WatchAsync()
    {
        lock (_sync)
        {
            _watched.Add(time.GetUtcNow());
        }

        return Task.CompletedTask;
    }

    public Task<byte[]> ReadAsync() => throw new NotSupportedException("A gateway reads what is published.");
}
