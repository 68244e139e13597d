using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Proxies;

/// <summary>The cluster behind all proxies: a silo, and two gateways that believe what 127.0.0.1 says of its clients.</summary>
public sealed class ProxyCluster : IAsyncLifetime
{
    /// <summary>The name of the collection of tests that use it.</summary>
    public const string Collection = "cluster behind proxies";

    /// <summary>Connections that one public address may have on each gateway.</summary>
    public const int MaxConnectionsPerAddress = 2;

    private static readonly string[] Settings =
    [
        "WsCluster:Gateway:TrustedProxies:0=127.0.0.1",
        $"WsCluster:Gateway:MaxConnectionsPerAddress={MaxConnectionsPerAddress}",
        "WsCluster:Gateway:DrainWindow=00:00:01",
    ];

    private TestCluster? _cluster;

    internal TestCluster Cluster => _cluster ?? throw new InvalidOperationException("The cluster has not been started.");

    internal TestCertificate Certificate { get; } = new();

    public async ValueTask InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync(silos: 1, gateways: 0, allowsPages: false);
        await _cluster.StartGatewayAsync(Settings);
        await _cluster.StartGatewayAsync(Settings);
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        Certificate.Dispose();
    }

    /// <summary>Stops every gateway in order, one after the other, and starts it again at its address.</summary>
    internal async Task RestartGatewaysAsync()
    {
        for (var i = 0; i < Cluster.Gateways.Count; i++)
        {
            await Cluster.RestartGatewayAsync(i, Settings);
        }
    }
}

/// <summary>Joins the tests that use <see cref="ProxyCluster"/>.</summary>
[CollectionDefinition(ProxyCluster.Collection)]
public sealed class ProxyClusterCollection : ICollectionFixture<ProxyCluster>;
