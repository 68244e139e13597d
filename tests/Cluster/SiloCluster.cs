using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using WsCluster.Grains;
using WsCluster.Grains.Hosting;
using WsCluster.Tests.Cluster.History;

namespace WsCluster.Tests.Cluster;

/// <summary>Silos in this process, with what a real silo registers and a short lease.</summary>
public sealed class SiloCluster : IAsyncLifetime
{
    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["WsCluster:Delivery:GatewayLease"] = "00:00:03",
        ["WsCluster:Users:MaxConnections"] = "3",
        ["WsCluster:Channels:WithoutNamespace:HistorySize"] = "100",
        ["WsCluster:Channels:WithoutNamespace:HistoryTtl"] = "00:05:00",
        ["WsCluster:Channels:WithoutNamespace:Presence"] = "true",
        ["WsCluster:Channels:WithoutNamespace:AllowedDeltaTypes:0"] = "fossil",
        ["WsCluster:Channels:Namespaces:live:PublicationDataFormat"] = "Json",
        ["WsCluster:Channels:Namespaces:tuned:HistorySize"] = "10", // which tests change
        ["WsCluster:Channels:Namespaces:tuned:HistoryTtl"] = "00:05:00",
        ["WsCluster:Channels:Namespaces:switched:Presence"] = "false",
        ["WsCluster:Channels:Namespaces:one:HistorySize"] = "1",
        ["WsCluster:Channels:Namespaces:one:HistoryTtl"] = "00:00:02",
    };

    private readonly ConcurrentBag<TestGateway> _gateways = []; // Orleans holds observers weakly
    private readonly ConcurrentDictionary<(IMeterFactory Silo, string Instrument), long> _measured = [];
    private readonly MeterListener _listener = new();
    private InProcessTestCluster _cluster = null!;
    private IConfigurationRoot _configuration = null!;

    /// <summary>Silos to start; to be set before they do.</summary>
    internal int SiloCount { get; init; } = 2;

    /// <summary>The Redis of the silos, which is started and ended with them; null: they have none.</summary>
    internal RedisServer? Redis { get; init; }

    /// <summary>Settings in addition to those of all; to be set before the silos start.</summary>
    internal Dictionary<string, string?> MoreSettings { get; } = [];

    /// <summary>Application code in each silo; to be set before the silos start.</summary>
    internal Action<IServiceCollection> MoreServices { get; set; } = _ => { };

    public InProcessTestCluster Cluster => _cluster;

    public IClusterClient Client => _cluster.Client;

    public async ValueTask InitializeAsync()
    {
        if (Redis is not null)
        {
            await Redis.InitializeAsync();
            MoreSettings["WsCluster:Redis"] = Redis.ConnectionString;
        }

        try
        {
            await StartSilosAsync();
        }
        catch when (Redis is not null)
        {
            await Redis.DisposeAsync(); // nobody else does when this fails
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _cluster.DisposeAsync();
        if (Redis is not null)
        {
            await Redis.DisposeAsync();
        }
    }

    /// <summary>Changes the configuration that all silos follow.</summary>
    internal void Configure(params (string Key, string Value)[] settings)
    {
        foreach (var (key, value) in settings)
        {
            _configuration[key] = value;
        }

        _configuration.Reload();
    }

    /// <summary>The sum of what these silos have counted with an instrument.</summary>
    internal long Sum(IEnumerable<InProcessSiloHandle> silos, string instrument) =>
        silos.Sum(silo => _measured.GetValueOrDefault((silo.ServiceProvider.GetRequiredService<IMeterFactory>(), instrument)));

    /// <summary>A gateway that is a part of the test.</summary>
    internal TestGateway AddGateway(string? id = null, long incarnation = 1)
    {
        var gateway = new TestGateway(Client, id ?? $"gateway-{Guid.NewGuid():N}", incarnation);
        _gateways.Add(gateway);
        return gateway;
    }

    /// <summary>True when the grain's activation is on this silo.</summary>
    internal bool Hosts(InProcessSiloHandle silo, IAddressable grain) =>
        _cluster.TryGetGrainContext(grain.GetGrainId(), out var context) && context.Address.SiloAddress!.Equals(silo.SiloAddress);

    /// <summary>The silo that a <c>SiloId</c> names.</summary>
    internal InProcessSiloHandle SiloOf(string siloId) => _cluster.Silos.Single(silo => silo.SiloAddress.ToParsableString() == siloId);

    private async Task StartSilosAsync()
    {
        _configuration = new ConfigurationBuilder().AddInMemoryCollection(Settings).AddInMemoryCollection(MoreSettings).Build();
        var builder = new InProcessTestClusterBuilder((short)SiloCount);
        builder.ConfigureSilo((_, silo) => MoreServices(silo.AddWsClusterGrains(_configuration).Services));
        Listen();
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    private void Listen()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == GrainMetrics.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, measurement, _, _) =>
        {
            if (instrument.Meter.Scope is IMeterFactory silo)
            {
                _measured.AddOrUpdate((silo, instrument.Name), measurement, (_, sum) => sum + measurement);
            }
        });
        _listener.Start();
    }
}

[CollectionDefinition(nameof(SharedCluster))]
public sealed class SharedCluster : ICollectionFixture<SiloCluster>;
