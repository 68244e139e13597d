using System.Diagnostics.Metrics;
using System.Net;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using WsCluster.Configuration;
using WsCluster.Grains;
using WsCluster.Grains.Channels;
using WsCluster.Grains.History;
using WsCluster.Grains.Limits;
using WsCluster.Grains.Relays;
using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Bench.Micro;

/// <summary>
/// A publication in its channel: checked, given its place, encoded and queued for every gateway that has subscribers. The gateways
/// acknowledge at once, so the cost of sending the batches is in it, on other threads.
/// </summary>
public class ChannelBenchmarks
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly PublishOutcome[] _outcome = new PublishOutcome[1];
    private readonly LiveChannels _live = new();
    private GatewayOutboxes _outboxes = null!;
    private Relays _relays = null!;
    private IChannelStream _stream = null!;

    [Params(0, 1, 4, 16, 64, 256)]
    public int Gateways { get; set; }

    [Params(0, 1000)]
    public int HistorySize { get; set; }

    /// <summary>Silos whose relays have taken all gateways over; zero: the channel is not hot. What other silos do with it is not measured.</summary>
    [Params(0, 1, 3)]
    public int RelaySilos { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var metrics = new GrainMetrics(_services.GetRequiredService<IMeterFactory>());
        var limits = new SiloLimits(Options.Create(new SiloLimitOptions()));
        _outboxes = new GatewayOutboxes(new Silo(), Options.Create(new DeliveryOptions()), limits, TimeProvider.System, metrics, NullLoggerFactory.Instance);
        _relays = new Relays(RelaySilos, metrics, limits);
        var fanOut = new ChannelFanOut(Sample.Channel, _relays.Hot);
        var gateways = new GatewayAttachments(_outboxes, new OutboxOwner((_, _) => Task.CompletedTask), fanOut);
        for (var i = 0; i < Gateways; i++)
        {
            gateways.Attach(new GatewayLane { GatewayId = $"gateway-{i}", Incarnation = 1, Lane = 0, Observer = new Lane() }, number: 1, followsRelays: true, out _);
        }

        while (RelaySilos > 0 && fanOut.Targets > Math.Min(RelaySilos, Gateways))
        {
            gateways.Deliver([]); // something to be hot for
            Thread.Sleep(1);
            fanOut.LookAsync().GetAwaiter().GetResult();
        }

        var options = new ChannelOptions { HistorySize = HistorySize, HistoryTtl = TimeSpan.FromMinutes(HistorySize) };
        _stream = new MemoryChannelStream(options, new Owner(new ChannelDeliveries(Sample.Channel, gateways)), TimeProvider.System, metrics, limits);
        _live.Open(Sample.Channel, new ChannelEntrance(_stream, options, static () => true));
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _relays.Dispose();
        _outboxes.Dispose();
        _services.Dispose();
    }

    [Benchmark]
    public bool Publish() => _live.TryPublish(Sample.Channel, [Sample.Request], _outcome);

    private sealed class Owner(ChannelDeliveries deliveries) : IStreamOwner
    {
        public void Deliver(string epoch, Publication publication) => deliveries.Publish(epoch, publication);

        public void LoseStream(string reason) => throw new InvalidOperationException(reason);
    }

    /// <summary>A gateway that takes everything.</summary>
    internal sealed class Lane : IGatewayObserver
    {
        public Task DeliverAsync(DeliveryBatch batch) => Task.CompletedTask;
    }

    internal sealed class Silo : ILocalSiloDetails
    {
        public string Name => "silo";

        public string ClusterId => "bench";

        public string DnsHostName => "silo";

        public SiloAddress SiloAddress { get; } = SiloAddress.New(IPAddress.Loopback, 1, 1);

        public SiloAddress GatewayAddress => SiloAddress;
    }
}
