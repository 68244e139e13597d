using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace WsCluster.Tests.Cluster;

/// <summary>One connection per user: the newest.</summary>
public sealed class SingleConnectionTests : IAsyncLifetime
{
    private readonly SiloCluster _cluster = new() { MoreSettings = { ["WsCluster:Users:SingleConnection"] = "true", ["WsCluster:Users:MaxConnections"] = "1" } };

    public ValueTask InitializeAsync() => _cluster.InitializeAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Connect_Another_EndsTheFirstOnItsGateway()
    {
        var (first, second) = (_cluster.AddGateway(), _cluster.AddGateway());
        Assert.True((await first.ConnectAsync("7", "old")).Admitted);
        Assert.True((await second.ConnectAsync("7", "new")).Admitted);

        await Wait.UntilAsync("the command", () => first.Delivered.Count == 1);
        var command = Assert.IsType<DisconnectUser>(
            _cluster.Client.ServiceProvider.GetRequiredService<Serializer>().Deserialize<UserCommand>(first.Delivered[0].Body));
        Assert.Equal((3504, "connection limit"), (command.Code, command.Reason));
        Assert.Equal(["new"], command.Whitelist!);
    }
}
