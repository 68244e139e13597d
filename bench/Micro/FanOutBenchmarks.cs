using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Gateway.Transports;

namespace WsCluster.Bench.Micro;

/// <summary>One publication to every subscriber of a channel on a gateway, up to the point where the operating system would get the bytes.</summary>
public class FanOutBenchmarks
{
    private readonly Shard _shard = new();
    private SubscriberGroup _group = null!;
    private DeadlineClock _clock = null!;

    [Params(1, 100, 1000)]
    public int Subscribers { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _clock = new DeadlineClock(TimeProvider.System, NullLogger<DeadlineClock>.Instance);
        _group = new SubscriberGroup(ProtocolCodecs.Json, delta: false);
        for (var i = 0; i < Subscribers; i++)
        {
            var connection = new Connection(new NoTransport(), ProtocolCodecs.Json, new GatewayOptions(), _clock, pings: false, shard: _shard);
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
        _group.Deliver(Sample.Channel, Sample.Publication, previous: null);
        _shard.Run();
    }

    /// <summary>Runs the connections' writers here and now.</summary>
    private sealed class Shard : IWriterScheduler
    {
        private readonly List<IThreadPoolWorkItem> _writers = [];

        public void Schedule(IThreadPoolWorkItem writer) => _writers.Add(writer);

        public void Run()
        {
            foreach (var writer in _writers)
            {
                writer.Execute();
            }

            _writers.Clear();
        }
    }

    private sealed class NoTransport : ITransport
    {
        public string Name => "none";

        public bool SendsWebSocketFrames => true;

        public ValueTask SendAsync(ReadOnlyMemory<byte> frame) => ValueTask.CompletedTask;

        public ValueTask CloseAsync(int code, string reason) => ValueTask.CompletedTask;

        public void Abort()
        {
        }
    }
}
