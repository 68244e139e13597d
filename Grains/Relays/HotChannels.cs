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
    private volatile bool _isRetired;

    public RelayLinks Links => links;

    public HotChannelOptions Options => options.Value;

    public TimeProvider Time => time;

    public GrainMetrics Metrics => metrics;

    public ILogger Logger => logger;

    /// <summary>True once the silo stops: no more gateways move to relays.</summary>
    public bool IsRetired => _isRetired;

    /// <summary>True for a relay that may take gateways over.</summary>
    public bool MayUse(string siloId) => !_isRetired && links.IsUsable(siloId);

    /// <summary>
    /// The silo is about to stop: all channels take their gateways back, and what they were publishing by relays arrives. Ends when it has.
    /// </summary>
    public Task RetireAsync()
    {
        _isRetired = true;
        foreach (var channel in Watched())
        {
            channel.TakeBack();
        }

        return links.FlushThroughAsync();
    }

    /// <summary>A relay is about to stop: channels go on without it. Ends when it has all that was queued for it.</summary>
    public Task LeaveAsync(string siloId)
    {
        links.Avoid(siloId);
        foreach (var channel in Watched())
        {
            channel.TakeBack(siloId);
        }

        return links.FlushAsync(siloId);
    }

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

    private ChannelFanOut[] Watched()
    {
        lock (_sync)
        {
            return [.. _watched];
        }
    }

    private void Look()
    {
        foreach (var channel in Watched())
        {
            using (ExecutionContext.SuppressFlow())
            {
                _ = Task.Factory.StartNew(channel.LookAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, background ?? TaskScheduler.Default);
            }
        }
    }
}
