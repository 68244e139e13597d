using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsCluster.Grains.Routing;

namespace WsCluster.Grains.Relays;

/// <summary>
/// Looks once a second at the channels of this silo that are or may be hot. A channel comes here by itself, with a publication that
/// finds it over a threshold; the others cost nothing.
/// </summary>
internal sealed class HotChannels(
    RelayLinks links,
    IOptions<HotChannelOptions> options,
    TimeProvider time,
    GrainMetrics metrics,
    ILogger<HotChannels> logger,
    TaskScheduler? background = null) : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Lock _sync = new(); // guards the fields below; a channel's lock may be held around it, never the other way
    private readonly HashSet<ChannelFanOut> _watched = [];
    private ITimer? _timer; // while there is something to look at

    public RelayLinks Links => links;

    public HotChannelOptions Options => options.Value;

    public TimeProvider Time => time;

    public GrainMetrics Metrics => metrics;

    public ILogger Logger => logger;

    /// <summary>Looks at the channel from now on.</summary>
    public void Watch(ChannelFanOut channel)
    {
        lock (_sync)
        {
            _watched.Add(channel);
            if (_timer is null)
            {
                using (ExecutionContext.SuppressFlow())
                {
                    _timer = time.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
                }
            }
        }
    }

    /// <summary>No longer looks at the channel.</summary>
    public void Forget(ChannelFanOut channel)
    {
        lock (_sync)
        {
            _watched.Remove(channel);
            if (_watched.Count == 0)
            {
                _timer?.Dispose();
                _timer = null;
            }
        }
    }

    public void Dispose()
    {
        lock (_sync)
        {
            _watched.Clear();
            _timer?.Dispose();
            _timer = null;
        }
    }

    private void Look()
    {
        ChannelFanOut[] watched;
        lock (_sync)
        {
            watched = [.. _watched];
        }

        foreach (var channel in watched)
        {
            using (ExecutionContext.SuppressFlow())
            {
                _ = Task.Factory.StartNew(channel.LookAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, background ?? TaskScheduler.Default);
            }
        }
    }
}
