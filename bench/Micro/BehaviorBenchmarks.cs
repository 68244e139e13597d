using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WsCluster.Behaviors;
using WsCluster.Configuration;
using WsCluster.Grains;
using WsCluster.Grains.Behaviors;
using WsCluster.Grains.Channels;
using WsCluster.Grains.History;
using WsCluster.Grains.Limits;
using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Bench.Micro;

/// <summary>
/// A publication in its channel, as in <see cref="ChannelBenchmarks"/> with history and one gateway, without a behavior, with one that
/// lets everything pass, and with one that has a state.
/// </summary>
public class BehaviorBenchmarks
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly PublishRequest[] _requests = [Sample.Request];
    private readonly ChannelOptions _options = new() { HistorySize = 1000, HistoryTtl = TimeSpan.FromMinutes(1) };
    private GatewayOutboxes _outboxes = null!;
    private GroupPublishing _publishing = null!;

    [Params("none", "passing", "counting")]
    public string Behavior { get; set; } = "";

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var metrics = new GrainMetrics(_services.GetRequiredService<IMeterFactory>());
        var limits = new SiloLimits(Options.Create(new SiloLimitOptions()));
        _outboxes = new GatewayOutboxes(new ChannelBenchmarks.Silo(), Options.Create(new DeliveryOptions()), limits, TimeProvider.System, metrics, NullLoggerFactory.Instance);
        var gateways = new GatewayAttachments(_outboxes, new OutboxOwner((_, _) => Task.CompletedTask));
        gateways.Attach(new GatewayLane { GatewayId = "gateway", Incarnation = 1, Lane = 0, Observer = new ChannelBenchmarks.Lane() });
        var owner = new ChannelBenchmarks.Owner(new ChannelDeliveries(Sample.Channel, gateways));
        IChannelStream Open(IStreamOwner by) => new MemoryChannelStream(_options, by, TimeProvider.System, metrics, limits);
        ChannelBehavior? behavior = Behavior switch
        {
            "passing" => new Passing(),
            "counting" => new ReducerBehavior<Count>(static (count, _) =>
            {
                count.Value++;
                return count;
            }),
            _ => null,
        };
        var stream = behavior is null ? Open(owner) : new BehavingStream(
            Sample.Channel, _options, behavior, owner, Open, static (_, _, _) => new MemoryStream(), static () => { },
            new BehaviorContext(new BehaviorOptions(), TimeProvider.System, metrics, NullLogger.Instance));
        _publishing = new GroupPublishing(stream);
        await (stream is BehavingStream behaving ? behaving.StartAsync() : Task.CompletedTask);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _outboxes.Dispose();
        _services.Dispose();
    }

    [Benchmark]
    public ValueTask<PublishOutcome[]> Publish() => _publishing.PublishAsync(_requests, _options);

    private sealed class Passing : ChannelBehavior;

    internal sealed class Count
    {
        public long Value { get; set; }
    }
}
