using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace WsCluster.Tests.Unit.Client;

public class ClientServicesTests
{
    [Fact]
    public async Task AddWsClusterClient_Configuration_ReachesTheOrleansClient()
    {
        var configuration = Configuration(
            ("WsCluster:Redis", "redis:6379"), ("WsCluster:ClusterId", "blue"),
            ("WsCluster:Client:ResponseTimeout", "00:00:03"), ("WsCluster:Client:SiloListRefresh", "00:00:01"));

        await using var services = new ServiceCollection().AddLogging().AddWsClusterClient(configuration).BuildServiceProvider();

        Assert.Equal(("blue", "blue"), (Value<ClusterOptions>().ClusterId, Value<ClusterOptions>().ServiceId));
        Assert.Equal(TimeSpan.FromSeconds(3), Value<ClientMessagingOptions>().ResponseTimeout);
        Assert.Equal(TimeSpan.FromSeconds(1), Value<GatewayOptions>().GatewayListRefreshPeriod);
        Assert.Equal("redis:6379", Value<WsClusterClientOptions>().Redis);
        Assert.IsType<OrleansWsCluster>(services.GetRequiredService<IWsCluster>());

        T Value<T>() where T : class => services.GetRequiredService<IOptions<T>>().Value;
    }

    [Fact]
    public async Task AddWsClusterClient_NoRedis_UsesTheLocalSilo()
    {
        var configuration = Configuration(("WsCluster:Silo:GatewayPort", "30001"));

        await using var services = new ServiceCollection().AddLogging().AddWsClusterClient(configuration).BuildServiceProvider();

        var silo = Assert.Single(services.GetRequiredService<IOptions<StaticGatewayListProviderOptions>>().Value.Gateways);
        Assert.Equal(30001, silo.Port);
        Assert.Equal("wscluster", services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId);
    }

    [Theory]
    [InlineData("WsCluster:ClusterId", "a b", "WsCluster:ClusterId is \"a b\"")]
    [InlineData("WsCluster:Silo:GatewayPort", "0", "WsCluster:Silo:GatewayPort is 0")]
    [InlineData("WsCluster:Client:SiloListRefresh", "00:01:00", "WsCluster:Client:SiloListRefresh is 00:01:00")]
    [InlineData("WsCluster:Client:ResponseTimeout", "00:00:00", "WsCluster:Client:ResponseTimeout is 00:00:00")]
    [InlineData("WsCluster:Client:AttemptTimeout", "00:00:09", "WsCluster:Client:AttemptTimeout is 00:00:09")]
    [InlineData("WsCluster:Client:RetryDeadline", "00:05:00", "WsCluster:Client:RetryDeadline is 00:05:00")]
    [InlineData("WsCluster:Redis", "localhost,unknownOption=1", "WsCluster:Redis is 'localhost,unknownOption=1', but must be")]
    public void AddWsClusterClient_WrongSetting_NamesTheKey(string key, string value, string sentence)
    {
        var thrown = Assert.Throws<OptionsValidationException>(() => new ServiceCollection().AddWsClusterClient(Configuration((key, value))));

        Assert.Contains(sentence, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectForever_ClusterAway_RetriesUntilTheHostStops()
    {
        var filter = new ConnectForever(TimeProvider.System, NullLogger<ConnectForever>.Instance);

        Assert.True(await filter.ShouldRetryConnectionAttempt(new TimeoutException(), CancellationToken.None));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => filter.ShouldRetryConnectionAttempt(new TimeoutException(), new CancellationToken(canceled: true)));
    }

    private static IConfiguration Configuration(params (string Key, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => setting.Value)).Build();
}
