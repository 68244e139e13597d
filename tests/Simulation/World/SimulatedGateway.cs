using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WsCluster.Gateway;
using WsCluster.Gateway.Behaviors;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Routing;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;

namespace WsCluster.Tests.Simulation.World;

/// <summary>A gateway process: the real receive path, with simulated sockets and a simulated cluster around it.</summary>
internal sealed class SimulatedGateway : IServiceProvider, IWriterScheduler, IDisposable
{
    private static readonly GatewayMetrics Metrics = new(new MeterSource()); // nobody listens, and making one for each takes long

    private readonly SimulatedCluster _world;
    private readonly CancellationTokenSource _stopping = new();
    private readonly DeadlineClock _clock;
    private readonly ChannelDirectory _channels;
    private readonly RecoveryGate _recoveryGate;
    private readonly WriterShard _shard;

    public SimulatedGateway(SimulatedCluster world, string id)
    {
        _world = world;
        Options = new GatewayOptions
        {
            Id = id,
            Lanes = 1,
            PingInterval = TimeSpan.Zero,
            Linger = TimeSpan.FromSeconds(1),
            MaxRecoveryPublications = world.MaxRecoveryPublications,
            MaxQueuedBytes = world.MaxQueuedBytes,
        };
        var time = world.Loop.Clock;
        _shard = new WriterShard(time, this);
        var options = Microsoft.Extensions.Options.Options.Create(Options);
        var grains = new GatewayGrains(world, this);
        _clock = new DeadlineClock(time, NullLogger<DeadlineClock>.Instance);
        Silos = new SiloWatch(time, options, NullLogger<SiloWatch>.Instance, world.Loop.Random);
        var entrances = new SiloEntrances(grains, time);
        var dispatcher = new DeliveryDispatcher(this, Silos, entrances, null!, Metrics, NullLogger<DeliveryDispatcher>.Instance);
        Lanes = new GatewayLanes(grains, options, time, dispatcher);
        var calls = new ClusterCalls(options, time, world.Loop.Random);
        _recoveryGate = new RecoveryGate(options, Metrics, time);
        _channels = new ChannelDirectory(
            grains, Lanes, Silos, entrances, calls, _recoveryGate, Metrics, _clock, time, options, NullLogger<ChannelDirectory>.Instance, world.Loop.Random, world.Loop.Scheduler);
        var results = new SubscribeResults(time);
        var entry = new SubscriptionEntry(_channels, new SubscriptionRecovery(results, options), results, new BehaviorCalls(new ChannelReferences(grains), new ChannelQuestions(_channels, calls), calls));
        Subscriptions = new SubscriptionService(_channels, null!, entry, time);
        _ = WatchAsync(Silos, _stopping.Token);
    }

    public string Id => Options.Id;

    public GatewayOptions Options { get; }

    public GatewayLanes Lanes { get; }

    public SiloWatch Silos { get; }

    public SubscriptionService Subscriptions { get; }

    public bool IsDead { get; private set; }

    /// <summary>Channels that it is subscribed to, empty ones too.</summary>
    public int ChannelCount => _channels.Count;

    /// <summary>True when the gateway's tie to the channel has nothing under way.</summary>
    public bool IsQuiet(string channel) => _channels.Find(channel)?.Link.IsQuiet ?? true;

    /// <summary>Opens a connection for a client that has connected.</summary>
    public Connection Accept(SimulatedSocket socket, string user)
    {
        var connection = new Connection(socket, ProtocolCodecs.Protobuf, Options, _clock, pings: PingKind.None, _shard);
        connection.Authenticated(new ClientIdentity { User = user });
        _ = CleanUpAsync(connection);
        return connection;
    }

    /// <summary>The process is killed.</summary>
    public void Crash()
    {
        IsDead = true;
        _stopping.Cancel();
        _clock.Dispose();
    }

    public void Schedule(IThreadPoolWorkItem shard, TimeSpan joinInterval) =>
        _world.Loop.Post(static state => ((IThreadPoolWorkItem)state!).Execute(), shard);

    public object? GetService(Type serviceType) =>
        serviceType == typeof(ChannelDirectory) ? _channels : throw new NotSupportedException($"{serviceType} is not simulated.");

    public void Dispose()
    {
        Crash();
        _stopping.Dispose();
        _recoveryGate.Dispose();
    }

    private async Task CleanUpAsync(Connection connection)
    {
        await connection.Ended;
        if (!IsDead)
        {
            Subscriptions.EndAll(connection);
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "ExecuteAsync")]
    private static extern Task WatchAsync(SiloWatch watch, CancellationToken stopping);
}
