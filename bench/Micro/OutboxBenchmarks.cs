using System.Buffers;
using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WsCluster.Grains;
using WsCluster.Grains.Limits;
using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Bench.Micro;

/// <summary>A batch on its way from a silo's outbox to a gateway's lane: queued, sent, acknowledged, and read again.</summary>
public class OutboxBenchmarks
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ArrayBufferWriter<byte> _entry = new();
    private GatewayOutboxes _outboxes = null!;
    private GatewayOutbox _outbox = null!;
    private byte[] _batch = [];

    [Params(1, 64)]
    public int Entries { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        DeliveryWriter.WritePublication(_entry, Sample.Channel, Sample.Epoch, Sample.Publication);
        _batch = [.. Enumerable.Repeat(_entry.WrittenSpan.ToArray(), Entries).SelectMany(entry => entry)];
        _outboxes = new GatewayOutboxes(
            new ChannelBenchmarks.Silo(),
            Options.Create(new DeliveryOptions()),
            new SiloLimits(Options.Create(new SiloLimitOptions())),
            TimeProvider.System,
            new GrainMetrics(_services.GetRequiredService<IMeterFactory>()),
            NullLoggerFactory.Instance);
        _outbox = _outboxes.Attach(
            new GatewayLane { GatewayId = "gateway", Incarnation = 1, Lane = 0, Observer = new ChannelBenchmarks.Lane() },
            new OutboxOwner((_, _) => Task.CompletedTask));
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _outboxes.Dispose();
        _services.Dispose();
    }

    /// <summary>Ends when the gateway has acknowledged.</summary>
    [Benchmark]
    public Task EnqueueAndFlush()
    {
        for (var i = 0; i < Entries; i++)
        {
            _outbox.Enqueue(_entry.WrittenSpan);
        }

        return _outbox.FlushAsync();
    }

    [Benchmark]
    public int ReadBatch()
    {
        var bytes = 0;
        var reader = new DeliveryReader(_batch);
        while (reader.MoveNext())
        {
            bytes += reader.ReadPublication(out _).Data.Length;
        }

        return bytes;
    }
}
