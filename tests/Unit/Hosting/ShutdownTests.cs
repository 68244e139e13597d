using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using WsCluster.Gateway.Hosting;

namespace WsCluster.Tests.Unit.Hosting;

public sealed class ShutdownTests
{
    [Theory, InlineData("00:00:05", 30), InlineData("00:10:00", 625)]
    public async Task Host_GivesAStoppingGatewayItsDrainWindow(string window, int seconds)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["WsCluster:Gateway:DrainWindow"] = window })
            .Build();
        var collection = new ServiceCollection();
        collection.AddWsClusterGateway(configuration);
        await using var services = collection.BuildServiceProvider();

        Assert.Equal(TimeSpan.FromSeconds(seconds), services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }
}
