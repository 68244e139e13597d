using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Grains;
using WsCluster.Grains.Relays;
using WsCluster.Grains.Routing;
using WsCluster.Tests.Simulation.Checks;
using WsCluster.Tests.Simulation.Engine;

namespace WsCluster.Tests.Simulation.World;

/// <summary>Silos, gateways, publishers and clients of one schedule, and everything between them.</summary>
internal sealed class SimulatedCluster : IDisposable
{
    private readonly MeterSource _meters = new();
    private readonly List<SimulatedGateway> _gateways = [];
    private readonly Dictionary<string, DurableLog> _durable = new(StringComparer.Ordinal);

    public SimulatedCluster(int seed, Tampering tampering, bool traces)
    {
        Loop = new SimulationLoop(seed);
        Tampering = tampering;
        Metrics = new GrainMetrics(_meters);
        Trace = traces ? new Trace(Loop.Clock) : null;
        Network = new Network(Loop);
        Journal = new Journal(Loop.Fail);
        Members = new Membership(this);
        Delivery = new DeliveryOptions
        {
            GatewayLease = TimeSpan.FromSeconds(Loop.Random.Next(5, 11)),
            MaxOutboxBytes = tampering.IsUnderStrain ? 200 : Loop.Random.Next(4) == 0 ? 500 : 1024 * 1024,
        };
        HotChannels = new HotChannelOptions
        {
            Gateways = tampering.IsUnderStrain ? 1 : Loop.Random.Next(3) == 0 ? Loop.Random.Next(1, 3) : int.MaxValue,
            SendsPerSecond = int.MaxValue,
            QuietAfter = TimeSpan.FromSeconds(Loop.Random.Next(1, 4)),
        };
        MaxRecoveryPublications = Loop.Random.Next(4) == 0 ? 4 : 100;
        MaxQueuedBytes = Loop.Random.Next(4) == 0 ? 300 : 64 * 1024;
    }

    public SimulationLoop Loop { get; }

    public Tampering Tampering { get; }

    public GrainMetrics Metrics { get; }

    /// <summary>Null when nobody looks.</summary>
    public Trace? Trace { get; }

    public Network Network { get; }

    public Journal Journal { get; }

    public Membership Members { get; }

    public DeliveryOptions Delivery { get; }

    /// <summary>In some schedules one gateway or two make a channel hot.</summary>
    public HotChannelOptions HotChannels { get; }

    public int MaxRecoveryPublications { get; }

    public int MaxQueuedBytes { get; }

    public List<SimulatedClient> Clients { get; } = [];

    public List<SimulatedPublisher> Publishers { get; } = [];

    public IReadOnlyList<SimulatedGateway> Gateways => _gateways;

    public IEnumerable<SimulatedGateway> LiveGateways => _gateways.Where(gateway => !gateway.IsDead);

    /// <summary>Three kinds of channels: in memory, durable, and without history.</summary>
    public IOptions<ChannelNamespaces> Namespaces { get; } = Microsoft.Extensions.Options.Options.Create(new ChannelNamespaces
    {
        WithoutNamespace = new ChannelOptions { HistorySize = 1000, HistoryTtl = TimeSpan.FromHours(1), Presence = true, JoinLeave = true },
        Namespaces = new Dictionary<string, ChannelOptions>(StringComparer.Ordinal)
        {
            ["durable"] = new() { HistorySize = 1000, HistoryTtl = TimeSpan.FromHours(1), Durability = ChannelDurability.Redis },
            ["plain"] = new() { Presence = true },
        },
    });

    public ChannelOptions Options(string channel) => Namespaces.Value.Find(channel)!;

    public void Fail(string reason) => Loop.Fail(reason);

    /// <summary>Starts work of the simulation itself; an exception in it is a fault.</summary>
    public void Start(Func<Task> work) => _ = GuardAsync(work);

    public bool IsSiloAlive(string siloId) =>
        Members.Silos.Any(silo => !silo.IsDead && (silo.Outboxes.SiloId == siloId || silo.RelayOutboxes.SiloId == siloId));

    public SimulatedGateway? PickGateway()
    {
        var live = LiveGateways.ToArray();
        return live.Length == 0 ? null : live[Loop.Random.Next(live.Length)];
    }

    /// <summary>Starts a gateway process, under a new id or that of a dead one.</summary>
    public void StartGateway()
    {
        var reusable = _gateways.Where(gateway => gateway.IsDead && LiveGateways.All(live => live.Id != gateway.Id)).Select(gateway => gateway.Id).ToArray();
        var id = reusable.Length > 0 && Loop.Random.Next(2) == 0 ? reusable[Loop.Random.Next(reusable.Length)] : $"gateway-{_gateways.Count + 1}";
        _gateways.Add(new SimulatedGateway(this, id));
        Trace?.Add($"{id} starts");
    }

    public void CrashGateway(SimulatedGateway gateway)
    {
        Trace?.Add($"{gateway.Id} crashes");
        gateway.Crash();
        foreach (var client in Clients.Where(client => client.Socket?.Gateway == gateway))
        {
            client.Disconnect(abruptly: false);
        }
    }

    public DurableLog DurableLog(string channel)
    {
        if (!_durable.TryGetValue(channel, out var log))
        {
            _durable.Add(channel, log = new DurableLog(channel));
        }

        return log;
    }

    public void Dispose()
    {
        _gateways.ForEach(gateway => gateway.Dispose());
        foreach (var silo in Members.Silos)
        {
            silo.Dispose();
        }

        _meters.Dispose();
    }

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e)
        {
            Fail($"the simulation itself: {e}");
        }
    }
}
