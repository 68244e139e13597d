using System.Text.Json;
using WsCluster.Grains.Hosting;
using WsCluster.Routing;
using WsCluster.Tests.Cluster.History;

namespace WsCluster.Tests.Cluster.Behaviors;

/// <summary>A behavior's timers when nobody is in the channel: the activation waits for them, and another one goes on where it cannot.</summary>
public sealed class BehaviorTimerTests : IAsyncLifetime
{
    private static readonly Caller Somebody = new() { Info = new ClientInfo { User = "somebody", Client = "c" } };

    private readonly SiloCluster _cluster = new() { Redis = new RedisServer() };

    public async ValueTask InitializeAsync()
    {
        _cluster.MoreSettings["WsCluster:Channels:Namespaces:alarm:Behavior"] = "true";
        _cluster.MoreSettings["WsCluster:Channels:Namespaces:alarm:HistorySize"] = "100";
        _cluster.MoreSettings["WsCluster:Channels:Namespaces:alarm:HistoryTtl"] = "00:05:00";
        _cluster.MoreSettings["WsCluster:Channels:Namespaces:alarm:Durability"] = "Redis";
        _cluster.MoreServices = services => services.AddChannelBehavior<AlarmRoom>("alarm");
        await _cluster.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task IdleChannel_IsCollected_UnlessATimerRuns()
    {
        var (rung, waiting) = ("alarm:rung", "alarm:waiting");
        await SetAsync(waiting, TimeSpan.FromHours(1));
        await SetAsync(rung, TimeSpan.FromMilliseconds(10));
        await Wait.UntilAsync("the alarm to ring", async () => (await StateAsync(rung)).HasRung);

        await Wait.UntilAsync("the channel without a timer to be collected", async () =>
        {
            await _cluster.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
            return !IsActive(rung);
        });

        Assert.True(IsActive(waiting));
        Assert.False((await StateAsync(waiting)).HasRung);
    }

    [Fact]
    public async Task StoppedSilo_TheTimerGoesOnOnAnother_ThoughNobodyLooks()
    {
        await SetAsync("alarm:a", TimeSpan.FromHours(1));
        await SetAsync("alarm:b", TimeSpan.FromSeconds(5));
        var silo = _cluster.Cluster.Silos.Single(silo => _cluster.Hosts(silo, Channel("alarm:b")));
        var other = _cluster.Cluster.Silos.Single(one => one != silo);

        await _cluster.Cluster.StopSiloAsync(silo, TestContext.Current.CancellationToken);

        Assert.True(_cluster.Hosts(other, Channel("alarm:b")));
        Assert.True(_cluster.Hosts(other, Channel("alarm:a")));
        await Wait.UntilAsync("the alarm to ring", async () => (await StateAsync("alarm:b")).HasRung);
    }

    [Fact]
    public async Task KilledSilo_RingsForTheNextWhoLooks()
    {
        await SetAsync("alarm:c", TimeSpan.FromSeconds(2));
        var silo = _cluster.Cluster.Silos.Single(silo => _cluster.Hosts(silo, Channel("alarm:c")));

        await _cluster.Cluster.KillSiloAsync(silo, TestContext.Current.CancellationToken);

        await Wait.UntilAsync("the alarm to ring", async () => (await StateAsync("alarm:c")).HasRung);
    }

    private IChannelRouting Channel(string channel) => _cluster.Client.GetGrain<IChannelRouting>(channel);

    private bool IsActive(string channel) => _cluster.Cluster.Silos.Any(silo => _cluster.Hosts(silo, Channel(channel)));

    private async Task SetAsync(string channel, TimeSpan fromNow)
    {
        var method = ((int)fromNow.TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Null((await Channel(channel).CallAsync(new ChannelCall { Method = method, Caller = Somebody, Data = [] })).Denial);
    }

    private async Task<AlarmState> StateAsync(string channel)
    {
        var admission = await Channel(channel).AdmitAsync(new SubscribeAttempt { Channel = channel, Caller = Somebody, Data = [] });
        return JsonSerializer.Deserialize<AlarmState>(admission.Decision.Options.Data!, JsonSerializerOptions.Web)!;
    }
}
