using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using WsCluster.Configuration;
using WsCluster.Gateway;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Routing;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Tests.Cluster;

/// <summary>
/// A gateway without clients: all of the real one that lies between the cluster and the subscribers, who would get what is recorded here.
/// </summary>
internal sealed class AttachedGateway : IServiceProvider, IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Lock _sync = new();
    private readonly List<string> _received = []; // guarded by _sync
    private readonly DeadlineClock _clock;
    private readonly RecoveryGate _gate;
    private readonly SiloWatch _silos;
    private readonly ChannelDirectory _channels;
    private ChannelSubscribers? _channel;

    public AttachedGateway(IClusterClient client, string id)
    {
        var options = Microsoft.Extensions.Options.Options.Create(new GatewayOptions { Id = id, Lanes = 1, Linger = TimeSpan.FromMilliseconds(100) });
        var metrics = new GatewayMetrics(_services.GetRequiredService<IMeterFactory>());
        _clock = new DeadlineClock(TimeProvider.System, NullLogger<DeadlineClock>.Instance);
        _silos = new SiloWatch(TimeProvider.System, options, NullLogger<SiloWatch>.Instance);
        var entrances = new SiloEntrances(client, TimeProvider.System);
        var dispatcher = new DeliveryDispatcher(this, _silos, entrances, null!, metrics, NullLogger<DeliveryDispatcher>.Instance);
        Lanes = new GatewayLanes(client, options, TimeProvider.System, dispatcher);
        _gate = new RecoveryGate(options, metrics, TimeProvider.System);
        _channels = new ChannelDirectory(
            client, Lanes, _silos, entrances, new ClusterCalls(options, TimeProvider.System), _gate, metrics, _clock, TimeProvider.System, options, NullLogger<ChannelDirectory>.Instance);
    }

    public GatewayLanes Lanes { get; }

    public string Id => Lanes.GatewayId;

    /// <summary>What each publication takes it.</summary>
    public TimeSpan Slowness { get; set; }

    /// <summary>What its subscribers would have got, in order: the texts that were published.</summary>
    public IReadOnlyList<string> Received
    {
        get
        {
            lock (_sync)
            {
                return [.. _received];
            }
        }
    }

    /// <summary>Subscribes to a channel, the only one.</summary>
    public async Task SubscribeAsync(string channel)
    {
        await _silos.StartAsync(CancellationToken.None);
        _channel = _channels.Enter(channel, new ChannelOptions());
        _channel.Listener = publication =>
        {
            if (Slowness > TimeSpan.Zero)
            {
                Thread.Sleep(Slowness);
            }

            lock (_sync)
            {
                _received.Add(Encoding.UTF8.GetString(publication.Data));
            }
        };
        Assert.Equal(ErrorCode.None, await _channel.Link.EnsureAttachedAsync());
    }

    /// <summary>Its last subscriber leaves.</summary>
    public void Leave() => _channel!.Leave();

    public object? GetService(Type serviceType) =>
        serviceType == typeof(ChannelDirectory) ? _channels : throw new NotSupportedException($"{serviceType} is not part of this gateway.");

    public async ValueTask DisposeAsync()
    {
        await _silos.StopAsync(CancellationToken.None);
        _silos.Dispose();
        _clock.Dispose();
        _gate.Dispose();
        await _services.DisposeAsync();
    }
}
