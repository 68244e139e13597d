using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Serialization;
using WsCluster.Configuration;
using WsCluster.Gateway;
using WsCluster.Gateway.Behaviors;
using WsCluster.Gateway.Canaries;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Ledgers;
using WsCluster.Gateway.Routing;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Receive;

/// <summary>A gateway's receive path with everything real but the cluster, the transports and the time.</summary>
internal sealed class ReceivingGateway : IDisposable
{
    private static readonly Lazy<Serializer> Serializer =
        new(() => new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>());

    private readonly ConcurrentDictionary<string, FakeChannel> _channels = [];
    private readonly ServiceProvider _services;
    private readonly MeasuredValues _measured;
    private readonly Guid _outbox = Guid.NewGuid();
    private long _sequence;

    public ReceivingGateway(Action<GatewayOptions>? configure = null, Func<string, FakeChannel>? createChannel = null)
    {
        CreateChannel = createChannel ?? (name => new FakeChannel(name));
        Options.Id = "gateway";
        Options.Lanes = 1;
        configure?.Invoke(Options);
        _services = new ServiceCollection()
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton(Microsoft.Extensions.Options.Options.Create(Options))
            .AddSingleton(FakeFactory.Create(this))
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSingleton<SubscriptionPlanner>(_ => null!)
            .AddSingleton(_ => Serializer.Value)
            .AddSingleton<DeadlineClock>()
            .AddSingleton<ConnectionRegistry>()
            .AddSingleton<SiloWatch>()
            .AddSingleton<ClusterCalls>()
            .AddSingleton<SiloEntrances>()
            .AddSingleton<DeliveryDispatcher>()
            .AddSingleton<GatewayLanes>()
            .AddMetrics()
            .AddSingleton<GatewayMetrics>()
            .AddSingleton<RecoveryGate>()
            .AddSingleton<EndedSubscriptions>()
            .AddSingleton<GatewayLedger>()
            .AddSingleton<ChannelDirectory>()
            .AddSingleton<ChannelQuestions>()
            .AddSingleton(Joined())
            .AddSingleton<CanaryWatch>()
            .AddSingleton<UserDirectory>()
            .AddSingleton<SubscribeResults>()
            .AddSingleton<SubscriptionRecovery>()
            .AddSingleton<ChannelReferences>()
            .AddSingleton<BehaviorCalls>()
            .AddSingleton<SubscriptionEntry>()
            .AddSingleton(s => new SubscriptionService(
                s.GetRequiredService<ChannelDirectory>(), planner: null!, s.GetRequiredService<SubscriptionEntry>(), Time))
            .AddSingleton<UserCommandExecutor>()
            .BuildServiceProvider();
        Figures = new FakeFigures(Time);
        Clock = _services.GetRequiredService<DeadlineClock>();
        Channels = _services.GetRequiredService<ChannelDirectory>();
        Subscriptions = _services.GetRequiredService<SubscriptionService>();
        Silos = _services.GetRequiredService<SiloWatch>();
        _measured = new MeasuredValues(_services.GetRequiredService<IMeterFactory>());
    }

    public FakeTimeProvider Time { get; } = new();

    public GatewayOptions Options { get; } = new() { PingInterval = TimeSpan.Zero };

    public DeadlineClock Clock { get; }

    public ChannelDirectory Channels { get; }

    public SubscriptionService Subscriptions { get; }

    public UserDirectory Users => _services.GetRequiredService<UserDirectory>();

    public SiloWatch Silos { get; }

    public FakeUserGrain User { get; } = new();

    public FakeFigures Figures { get; }

    public Func<string, FakeChannel> CreateChannel { get; }

    public FakeChannel Channel(string name = "news") => _channels.GetOrAdd(name, CreateChannel);

    /// <summary>A connected client; it pretends to have connected.</summary>
    public TestClient Connect(string user = "u") => new(this, user);

    /// <summary>Lets time pass until the condition holds, a tenth of a second at a time.</summary>
    public async Task AdvanceUntilAsync(string what, Func<bool> condition)
    {
        await Wait.UntilAsync(what, () =>
        {
            if (condition())
            {
                return true;
            }

            Time.Advance(TimeSpan.FromMilliseconds(100));
            return false;
        });
    }

    /// <summary>Waits until the gateway's tie to the channel has nothing under way.</summary>
    public Task QuietAsync(string name = "news") => Wait.UntilAsync($"{name} is quiet", () => Channels.Find(name)?.Link.IsQuiet ?? true);

    /// <summary>Brings a batch of the first silo, as its outbox would.</summary>
    public Task DeliverAsync(byte[] entries) => _services.GetRequiredService<GatewayLanes>().For("").Observer.DeliverAsync(new DeliveryBatch
    {
        SiloId = "silo-1",
        OutboxId = _outbox,
        Sequence = ++_sequence,
        Entries = entries,
    });

    /// <summary>What an instrument of the gateway has counted; its name after <c>wscluster.gateway.</c></summary>
    public long Count(string instrument) => _measured.Sum($"wscluster.gateway.{instrument}");

    /// <summary>A service of the gateway that has no property of its own here.</summary>
    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    private static ClusterMembership Joined()
    {
        var cluster = new ClusterMembership();
        cluster.Joined();
        return cluster;
    }

    public static byte[] Serialize(UserCommand command) => Serializer.Value.SerializeToArray(command);

    public void Dispose()
    {
        _measured.Dispose();
        _services.Dispose();
    }

    /// <summary>Answers the members of the factory that a gateway uses.</summary>
#pragma warning disable CA1852 // the proxy derives from it
    internal class FakeFactory : DispatchProxy
#pragma warning restore CA1852
    {
        private ReceivingGateway _gateway = null!;

        internal static IGrainFactory Create(ReceivingGateway gateway)
        {
            var factory = Create<IGrainFactory, FakeFactory>();
            ((FakeFactory)(object)factory)._gateway = gateway;
            return factory;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == nameof(IGrainFactory.CreateObjectReference) ? args![0]
            : targetMethod.GetGenericArguments()[0] == typeof(IUserRouting) ? _gateway.User
            : targetMethod.GetGenericArguments()[0] == typeof(IClusterFigures) ? _gateway.Figures
            : _gateway.Channel((string)args![0]!);
    }
}
