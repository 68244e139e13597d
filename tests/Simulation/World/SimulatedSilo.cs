using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using Orleans.Runtime;
using WsCluster.Grains;
using WsCluster.Grains.Behaviors;
using WsCluster.Grains.Channels;
using WsCluster.Grains.History;
using WsCluster.Grains.Limits;
using WsCluster.Grains.Relays;
using WsCluster.Grains.Routing;

namespace WsCluster.Tests.Simulation.World;

/// <summary>A silo: real outboxes, real channel activations, and an end at any time.</summary>
internal sealed class SimulatedSilo : IDisposable
{
    private readonly Dictionary<string, ChannelActivation> _activations = new(StringComparer.Ordinal);
    private readonly Stopping _stopping = new();
    private static readonly ServiceProvider NoServices = new ServiceCollection().BuildServiceProvider();

    public SimulatedSilo(SimulatedCluster world, int number)
    {
        World = world;
        Name = $"silo-{number}";
        var details = new Details(number);
        Status = new MembershipView(world, details.SiloAddress);
        Outboxes = new GatewayOutboxes(
            details,
            Options.Create(world.Delivery),
            Limits,
            world.Loop.Clock,
            Metrics,
            NullLoggerFactory.Instance,
            background: world.Loop.Scheduler);
        Namespaces = new NamespaceOptions(Options.Create(world.Namespaces), new UnchangedNamespaces(world.Namespaces), NullLogger<NamespaceOptions>.Instance);
        RelayOutboxes = new RelayOutboxes(
            details,
            Options.Create(world.Delivery),
            Limits,
            world.Loop.Clock,
            Metrics,
            NullLoggerFactory.Instance,
            background: world.Loop.Scheduler);
        Relays = new RelayShares(RelayOutboxes, Options.Create(world.Delivery), world.Loop.Clock, Metrics, NullLogger<RelayShares>.Instance);
        var links = new RelayLinks(
            RelayOutboxes, Relays, key => new RelayProxy(world, this, key), Status, world.Loop.Clock, NullLogger<RelayLinks>.Instance);
        Hot = new HotChannels(links, Options.Create(world.HotChannels), world.Loop.Clock, Metrics, NullLogger<HotChannels>.Instance, world.Loop.Scheduler);
        new RelayRetirement(Hot, world.Loop.Clock, NullLogger<RelayRetirement>.Instance).Participate(_stopping);
        Outboxes.Participate(_stopping);
        RelayOutboxes.Participate(_stopping);
        Store = new JournaledStore(world, new MemoryHistoryStore(world.Loop.Clock, Metrics, Limits));
        Streams = new ChannelStreams(
            Store, new ChannelBehaviors(BehaviorsOf(world), NoServices), Options.Create(new BehaviorOptions { SnapshotEvery = 3 }), world.Loop.Clock, Metrics, NullLogger<BehavingStream>.Instance);
    }

    public SimulatedCluster World { get; }

    public string Name { get; }

    public GrainMetrics Metrics => World.Metrics;

    /// <summary>What it may hold as a whole: as much as by default, which no schedule reaches.</summary>
    public SiloLimits Limits { get; } = new(Options.Create(new SiloLimitOptions()));

    /// <summary>What it knows of the other silos.</summary>
    public ISiloStatusOracle Status { get; }

    public GatewayOutboxes Outboxes { get; }

    /// <summary>The options of its channels.</summary>
    public NamespaceOptions Namespaces { get; }

    /// <summary>The outboxes of relaying.</summary>
    public RelayOutboxes RelayOutboxes { get; }

    /// <summary>What it relays for silos.</summary>
    public RelayShares Relays { get; }

    /// <summary>Moves the gateways of its hot channels to relays.</summary>
    public HotChannels Hot { get; }

    /// <summary>What may be entered without a grain call.</summary>
    public LiveChannels Live { get; } = new();

    public IHistoryStore Store { get; }

    public ChannelStreams Streams { get; }

    /// <summary>True once the process is gone.</summary>
    public bool IsDead { get; private set; }

    /// <summary>True from the start of a graceful stop on: nothing is activated here any more.</summary>
    public bool IsStopping { get; private set; }

    public IReadOnlyCollection<ChannelActivation> Activations => _activations.Values;

    /// <summary>The outboxes that still deliver.</summary>
    public IEnumerable<GatewayOutbox> OpenOutboxes => IsDead ? [] : OutboxesOf(Outboxes);

    /// <summary>Bytes that wait for relays, and in its own relay for gateways.</summary>
    public long RelayedBytes => IsDead ? 0 : OutboxesOf(RelayOutboxes).Sum(outbox => outbox.QueuedBytes);

    public ChannelActivation? Find(string channel) => _activations.GetValueOrDefault(channel);

    /// <summary>Activates a channel, which goes on with what it was handed.</summary>
    public ChannelActivation Activate(string channel, HandedOver? handedOver = null)
    {
        var activation = new ChannelActivation(this, channel, handedOver);
        _activations.Add(channel, activation);
        return activation;
    }

    public void Forget(ChannelActivation activation) => _activations.Remove(activation.Channel);

    /// <summary>The process is killed.</summary>
    public void Crash()
    {
        IsDead = true;
        Hot.Dispose();
        Relays.Dispose();
        RelayOutboxes.Dispose();
        Outboxes.Dispose();
        _activations.Clear();
    }

    /// <summary>The process stops as it should: it says so, its channels move, then it ends.</summary>
    public async Task StopAsync()
    {
        IsStopping = true;
        await _stopping.StopAsync();
        foreach (var activation in _activations.Values.ToArray())
        {
            await activation.EndAsync(DeactivationReasonCode.ShuttingDown);
        }

        Crash();
    }

    public void Dispose() => Crash();

    private static IEnumerable<BehaviorRegistration> BehaviorsOf(SimulatedCluster world) =>
        SimulatedCluster.WithBehavior.Select(name => new BehaviorRegistration(name, HasState: true, _ => new ChainBehavior(world)));

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Outboxes")]
    private static extern GatewayOutbox[] OutboxesOf(GatewayOutboxes outboxes);

    private sealed class Details(int number) : ILocalSiloDetails
    {
        public string Name => "silo";

        public string ClusterId => "simulation";

        public string DnsHostName => "silo";

        public SiloAddress SiloAddress { get; } = SiloAddress.New(IPAddress.Loopback, 1000 + number, number);

        public SiloAddress GatewayAddress => SiloAddress;
    }

    /// <summary>Takes what wants to run when the silo stops.</summary>
    private sealed class Stopping : ISiloLifecycle
    {
        private readonly List<(int Stage, ILifecycleObserver Observer)> _observers = [];

        public int HighestCompletedStage => 0;

        public int LowestStoppedStage => 0;

        public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
        {
            _observers.Add((stage, observer));
            return new MemoryStream();
        }

        public async Task StopAsync()
        {
            foreach (var (_, observer) in _observers.OrderByDescending(o => o.Stage))
            {
                await observer.OnStop(CancellationToken.None);
            }
        }
    }

    /// <summary>Nobody changes the configuration.</summary>
    private sealed class UnchangedNamespaces(ChannelNamespaces namespaces) : IOptionsMonitor<ChannelNamespaces>
    {
        public ChannelNamespaces CurrentValue => namespaces;

        public ChannelNamespaces Get(string? name) => namespaces;

        public IDisposable? OnChange(Action<ChannelNamespaces, string?> listener) => null;
    }
}
