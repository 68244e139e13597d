namespace WsCluster.Tests.EndToEnd.Harness;

/// <summary>
/// The cluster of all tests that break nothing: two silos, two gateways, and a third, impatient gateway for what takes
/// long otherwise. Each test has channels and users of its own.
/// </summary>
public sealed class SharedCluster : IAsyncLifetime
{
    /// <summary>The name of the collection of tests that use it.</summary>
    public const string Collection = "shared cluster";

    private TestCluster? _cluster;

    internal TestCluster Cluster => _cluster ?? throw new InvalidOperationException("The cluster has not been started.");

    /// <summary>Pings every second and soon gives up on clients that do not connect or do not answer.</summary>
    internal GatewayProcess Impatient => Cluster.Gateways[2];

    public async ValueTask InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync();
        await _cluster.StartGatewayAsync(
            "WsCluster:Gateway:PingInterval=00:00:01",
            "WsCluster:Gateway:PongTimeout=00:00:00.700",
            "WsCluster:Gateway:StaleTimeout=00:00:01");
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }
}

/// <summary>Joins the tests that use <see cref="SharedCluster"/>.</summary>
[CollectionDefinition(SharedCluster.Collection)]
public sealed class SharedClusterCollection : ICollectionFixture<SharedCluster>;
