using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using WsCluster.Configuration;
using WsCluster.Gateway;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Gateway.Subscriptions.Derived;

namespace WsCluster.Bench.Micro;

/// <summary>
/// One publication to a thousand subscribers, by what they get of the channel. Those that get the newest at intervals cost nothing
/// but the table here; what they are sent is paid ten times a second.
/// </summary>
public class DerivedBenchmarks
{
    private const int Subscribers = 1000;
    private const int Keys = 100;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Rounds _rounds = new();
    private readonly Publication[] _publications = new Publication[Keys];
    private SubscriberGroups _groups = null!;
    private DeadlineClock _clock = null!;
    private int _next;

    [Params("everything", "adaptive", "latest")]
    public string Delivery { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var options = new ChannelOptions { ConflationKey = "k", ConflationInterval = TimeSpan.FromMinutes(1) };
        var metrics = new GatewayMetrics(_services.GetRequiredService<IMeterFactory>());
        var shard = new WriterShard(TimeProvider.System, _rounds);
        _clock = new DeadlineClock(TimeProvider.System, NullLogger<DeadlineClock>.Instance);
        _groups = new SubscriberGroups(TimeSpan.Zero, TimeProvider.System, () => new Conflations(
            Sample.Channel, options, new GatewayOptions().MaxQueuedBytes, metrics, TimeProvider.System, static _ => { }));
        var derivation = Delivery == "everything" ? null : new Derivation.Latest(options.ConflationInterval, WhileSlow: Delivery == "adaptive");
        for (var i = 0; i < Subscribers; i++)
        {
            var connection = new Connection(new NoTransport(), ProtocolCodecs.Json, new GatewayOptions(), _clock, pings: PingKind.None, shard: shard);
            var subscription = new Subscription(connection, Sample.Channel, serverSide: false)
            {
                Traits = new SubscriptionTraits { Derivation = derivation },
                Expiry = null!,
            };
            subscription.TryGoLive();
            _groups.Add(subscription, read: [], until: 0);
        }

        for (var i = 0; i < Keys; i++)
        {
            _publications[i] = Sample.Publication with { Tags = new Dictionary<string, string> { ["k"] = $"{i}" } };
        }
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _clock.Dispose();
        _services.Dispose();
    }

    [Benchmark]
    public void Deliver()
    {
        _next = (_next + 1) % Keys;
        _groups.Deliver(Sample.Channel, _publications[_next], previous: null);
        _rounds.Run();
    }
}
