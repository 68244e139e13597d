using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using WsCluster.Grains;
using WsCluster.Grains.Limits;
using WsCluster.Grains.Relays;
using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Bench.Micro;

/// <summary>What a silo has for hot channels: its own relay is real, those of the other silos take everything at once.</summary>
internal sealed class Relays : IDisposable
{
    private readonly RelayOutboxes _outboxes;
    private readonly RelayShares _own;

    /// <param name="count">Silos with relays, this one among them; zero: no channel becomes hot.</param>
    public Relays(int count, GrainMetrics metrics, SiloLimits limits)
    {
        var delivery = Options.Create(new DeliveryOptions());
        _outboxes = new RelayOutboxes(new ChannelBenchmarks.Silo(), delivery, limits, TimeProvider.System, metrics, NullLoggerFactory.Instance);
        _own = new RelayShares(_outboxes, delivery, TimeProvider.System, metrics, NullLogger<RelayShares>.Instance);
        var silos = new Silos([.. Enumerable.Range(1, Math.Max(1, count)).Select(number => SiloAddress.New(IPAddress.Loopback, number, 1))]);
        var links = new RelayLinks(_outboxes, _own, _ => new Remote(), silos, TimeProvider.System, NullLogger<RelayLinks>.Instance);
        var options = new HotChannelOptions { Gateways = count > 0 ? 1 : int.MaxValue, SendsPerSecond = int.MaxValue, QuietAfter = TimeSpan.FromDays(1) };
        Hot = new HotChannels(links, Options.Create(options), TimeProvider.System, metrics, NullLogger<HotChannels>.Instance);
    }

    public HotChannels Hot { get; }

    public void Dispose()
    {
        Hot.Dispose();
        _own.Dispose();
        _outboxes.Dispose();
    }

    private sealed class Remote : IDeliveryRelay
    {
        public Task IntroduceAsync(Guid outboxId, GatewayLane[] lanes) => Task.CompletedTask;

        public Task<bool> RelayAsync(DeliveryBatch batch) => Task.FromResult(true);

        public Task FlushAsync() => Task.CompletedTask;

        public Task LeaveAsync(string siloId) => Task.CompletedTask;
    }

    private sealed class Silos(SiloAddress[] silos) : ISiloStatusOracle
    {
        public SiloStatus CurrentStatus => SiloStatus.Active;

        public string SiloName => "silo";

        public SiloAddress SiloAddress => silos[0];

        public Dictionary<SiloAddress, SiloStatus> GetApproximateSiloStatuses(bool onlyActive = false) => silos.ToDictionary(silo => silo, _ => SiloStatus.Active);

        public SiloAddress[] GetActiveSilos() => silos;

        public SiloStatus GetApproximateSiloStatus(SiloAddress siloAddress) => SiloStatus.Active;

        public bool TryGetSiloName(SiloAddress siloAddress, out string siloName)
        {
            siloName = SiloName;
            return true;
        }

        public bool IsFunctionalDirectory(SiloAddress siloAddress) => true;

        public bool IsDeadSilo(SiloAddress silo) => false;

        public bool SubscribeToSiloStatusEvents(ISiloStatusListener observer) => false;

        public bool UnSubscribeFromSiloStatusEvents(ISiloStatusListener observer) => false;
    }
}
