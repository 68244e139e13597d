using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;
using WsCluster.Grains;
using WsCluster.Grains.Limits;
using WsCluster.Grains.Relays;
using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Grains.Relays;

/// <summary>What two silos have for relaying; the calls between them can be made to fail.</summary>
internal sealed class RelayingSilos : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly IOptions<DeliveryOptions> _delivery = Options.Create(new DeliveryOptions());
    private readonly RelayOutboxes[] _relayOutboxes;
    private readonly RelayShares[] _shares;

    public RelayingSilos(HotChannelOptions? options = null)
    {
        Metrics = new GrainMetrics(_services.GetRequiredService<IMeterFactory>());
        SiloAddress[] silos = [Address(1), Address(2)];
        _relayOutboxes = [.. silos.Select(OutboxesOf)];
        _shares = [.. _relayOutboxes.Select(outboxes => new RelayShares(outboxes, _delivery, Time, Metrics, NullLogger<RelayShares>.Instance))];
        Outboxes = new GatewayOutboxes(new Silo(silos[0]), _delivery, Limits(), Time, Metrics, NullLoggerFactory.Instance);
        var links = new RelayLinks(_relayOutboxes[0], _shares[0], _ => new Remote(this), new FakeSilos(silos), Time, NullLogger<RelayLinks>.Instance);
        Hot = new HotChannels(links, Options.Create(options ?? new HotChannelOptions { Gateways = 2 }), Time, Metrics, NullLogger<HotChannels>.Instance);
    }

    public FakeTimeProvider Time { get; } = new();

    public GrainMetrics Metrics { get; }

    /// <summary>What <see cref="Metrics"/> are made with.</summary>
    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    /// <summary>The first silo's outboxes to gateways.</summary>
    public GatewayOutboxes Outboxes { get; }

    /// <summary>Of the first silo.</summary>
    public HotChannels Hot { get; }

    /// <summary>What the second silo relays.</summary>
    public RelayShares SecondShares => _shares[1];

    /// <summary>The second silo.</summary>
    public string SecondSiloId { get; } = Address(2).ToParsableString();

    /// <summary>True when the second silo is of a version that cannot say when its relay is empty.</summary>
    public bool IsOlder { get; set; }

    /// <summary>Silos whose relays were said to stop, as the second silo has heard.</summary>
    public List<string> Left { get; } = [];

    /// <summary>Runs before a call to the second silo: throw to fail it.</summary>
    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        Hot.Dispose();
        Outboxes.Dispose();
        foreach (var (outboxes, shares) in _relayOutboxes.Zip(_shares))
        {
            shares.Dispose();
            outboxes.Dispose();
        }

        await _services.DisposeAsync();
    }

    private static SiloAddress Address(int number) => SiloAddress.New(IPAddress.Loopback, 11111 + number, number);

    private static SiloLimits Limits() => new(Options.Create(new SiloLimitOptions()));

    private RelayOutboxes OutboxesOf(SiloAddress silo) => new(new Silo(silo), _delivery, Limits(), Time, Metrics, NullLoggerFactory.Instance);

    private sealed class Remote(RelayingSilos silos) : IDeliveryRelay
    {
        public async Task IntroduceAsync(Guid outboxId, GatewayLane[] lanes)
        {
            await silos.Before();
            silos.SecondShares.Introduce(outboxId, lanes);
        }

        public async Task<bool> RelayAsync(DeliveryBatch batch)
        {
            await silos.Before();
            return silos.SecondShares.Take(batch);
        }

        public async Task FlushAsync()
        {
            await silos.Before();
            if (silos.IsOlder)
            {
                throw new NotSupportedException("Never heard of it.");
            }

            await silos._relayOutboxes[1].FlushAsync();
        }

        public async Task LeaveAsync(string siloId)
        {
            await silos.Before();
            silos.Left.Add(siloId);
        }
    }

    private sealed class Silo(SiloAddress address) : ILocalSiloDetails
    {
        public string Name => "silo";

        public string ClusterId => "test";

        public string DnsHostName => "localhost";

        public SiloAddress SiloAddress => address;

        public SiloAddress GatewayAddress => address;
    }
}
