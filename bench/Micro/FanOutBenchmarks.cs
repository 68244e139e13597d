using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Bench.Micro;

/// <summary>One publication to every subscriber of a channel on a gateway, up to the point where the operating system would get the bytes.</summary>
public class FanOutBenchmarks
{
    private readonly Rounds _rounds = new();
    private SubscriberGroup _group = null!;
    private DeadlineClock _clock = null!;

    [Params(1, 100, 1000)]
    public int Subscribers { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var shard = new WriterShard(TimeProvider.System, _rounds);
        _clock = new DeadlineClock(TimeProvider.System, NullLogger<DeadlineClock>.Instance);
        _group = new SubscriberGroup(ProtocolCodecs.Json, delta: false, isConflated: false);
        for (var i = 0; i < Subscribers; i++)
        {
            var connection = new Connection(new NoTransport(), ProtocolCodecs.Json, new GatewayOptions(), _clock, pings: PingKind.None, shard: shard);
            var subscription = new Subscription(connection, Sample.Channel, serverSide: false) { Traits = new SubscriptionTraits(), Expiry = null! };
            subscription.TryGoLive();
            _group.Add(subscription);
        }
    }

    [GlobalCleanup]
    public void Cleanup() => _clock.Dispose();

    [Benchmark]
    public void Deliver()
    {
        _group.Deliver(Sample.Channel, Sample.Publication, previous: null, join: null);
        _rounds.Run();
    }
}
