using WsCluster.Routing;

namespace WsCluster.Tests.Cluster;

[Collection(nameof(SharedCluster))]
public sealed class GatewayDirectoryTests(SiloCluster cluster)
{
    [Fact]
    public async Task Gateways_RegisterAndLeave()
    {
        var directory = cluster.Client.GetGrain<IGatewayDirectoryGrain>(IGatewayDirectoryGrain.Key);
        var control = new Control();
        var reference = cluster.Client.CreateObjectReference<IGatewayControl>(control);
        var id = $"gateway-{Guid.NewGuid():N}";

        await directory.RegisterAsync(new GatewayRegistration { GatewayId = id, Incarnation = 2, Control = reference });
        await directory.RegisterAsync(new GatewayRegistration { GatewayId = id, Incarnation = 1, Control = reference });

        var registration = Assert.Single(await directory.GetGatewaysAsync(), gateway => gateway.GatewayId == id);
        Assert.Equal(2, registration.Incarnation);
        Assert.Equal("the gateway", (await registration.Control.DescribeAsync()).Name);
        await directory.LeaveAsync(id, 1);
        Assert.Contains(await directory.GetGatewaysAsync(), gateway => gateway.GatewayId == id);
        await directory.LeaveAsync(id, 2);
        Assert.DoesNotContain(await directory.GetGatewaysAsync(), gateway => gateway.GatewayId == id);
        GC.KeepAlive(control);
    }

    private sealed class Control : IGatewayControl
    {
        public Task<GatewayDescription> DescribeAsync() => Task.FromResult(new GatewayDescription
        {
            GatewayId = "g",
            Name = "the gateway",
            Version = "1",
            Clients = 0,
            Users = 0,
            Subscriptions = 0,
            Channels = 0,
            Uptime = TimeSpan.Zero,
        });

        public Task<IReadOnlyDictionary<string, int>> GetChannelsAsync(string pattern) =>
            Task.FromResult<IReadOnlyDictionary<string, int>>(new Dictionary<string, int>());

        public Task<IReadOnlyList<ChannelDescription>> ListChannelsAsync(ListQuery query) => Task.FromResult<IReadOnlyList<ChannelDescription>>([]);

        public Task<IReadOnlyList<UserDescription>> ListUsersAsync(ListQuery query) => Task.FromResult<IReadOnlyList<UserDescription>>([]);

        public Task<IReadOnlyList<ConnectionDescription>> ListConnectionsAsync(ListQuery query) => Task.FromResult<IReadOnlyList<ConnectionDescription>>([]);

        public Task<GatewayExplanation> ExplainAsync(ExplainQuery query) => throw new NotSupportedException();

        public Task ExecuteAnonymousAsync(UserCommand command) => Task.CompletedTask;
    }
}
