using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using WsCluster.Grains.Relays;

namespace WsCluster.Tests.Cluster;

/// <summary>Channels with many gateways on three silos. Gateways are real but for their clients.</summary>
public sealed class HotChannelTests : IAsyncLifetime
{
    private const int Gateways = 48;

    private readonly SiloCluster _cluster = new() { SiloCount = 3 };
    private readonly List<AttachedGateway> _gateways = [];
    private int _published;

    public HotChannelTests()
    {
        _cluster.MoreSettings["WsCluster:HotChannels:Gateways"] = "32";
        _cluster.MoreSettings["WsCluster:HotChannels:QuietAfter"] = "00:00:01";
        _cluster.MoreSettings["WsCluster:Channels:Namespaces:plain:HistorySize"] = "0";
    }

    public ValueTask InitializeAsync() => _cluster.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways)
        {
            await gateway.DisposeAsync();
        }

        await _cluster.DisposeAsync();
    }

    [Theory]
    [InlineData("")] // with history: what comes twice or early would be noticed by its offset
    [InlineData("plain:")] // without: it would not
    public async Task Publish_ManyGateways_SendsFollowTheSilosAndEachGatewayGetsAllInOrder(string prefix)
    {
        var channel = await SubscribeAsync(prefix);
        var sends = Sends();
        await PublishAsync(channel);
        Assert.Equal(Gateways, Sends() - sends);

        await PublishUntilAsync(channel, "promotion", () => Relayed() == Gateways);
        sends = Sends();
        for (var i = 0; i < 20; i++)
        {
            await PublishAsync(channel);
        }

        Assert.Equal(20 * 3, Sends() - sends);

        // Quiet: the channel takes its gateways back, and what is published meanwhile goes on in order.
        await Wait.UntilAsync("demotion", () => Relayed() == 0);
        await PublishAsync(channel);
        await AllReceivedAsync();
    }

    [Fact]
    public async Task Leave_RelayedGateways_NoMoreIsRelayed()
    {
        var channel = await SubscribeAsync("");
        await PublishUntilAsync(channel, "promotion", () => Relayed() == Gateways);

        await AllReceivedAsync();
        foreach (var gateway in _gateways)
        {
            gateway.Leave();
        }

        await Wait.UntilAsync("the last relay's end", () => Relayed() == 0 && Shares() == 0);
    }

    [Fact]
    public async Task KilledSilo_OfARelay_EachGatewayGetsAllInOrder()
    {
        var channel = await SubscribeAsync("");
        await PublishUntilAsync(channel, "promotion", () => Relayed() == Gateways);

        var relay = _cluster.Cluster.Silos.Last(silo => !HostsChannel(silo, channel));
        var kill = _cluster.Cluster.KillSiloAsync(relay, TestContext.Current.CancellationToken);
        await PublishUntilAsync(channel, "the kill", () => kill.IsCompleted);
        await kill;
        await PublishAsync(channel);

        await AllReceivedAsync();
        await PublishUntilAsync(channel, "relays on the other silos", () => Relayed() == Gateways);
        await AllReceivedAsync();
    }

    [Fact]
    public async Task KilledSilo_OfTheChannel_EachGatewayGoesOnWithTheNextOne()
    {
        var channel = await SubscribeAsync("", awayFromFirstSilo: true);
        await PublishUntilAsync(channel, "promotion", () => Relayed() == Gateways);
        await AllReceivedAsync();

        await _cluster.Cluster.KillSiloAsync(_cluster.Cluster.Silos.Single(silo => HostsChannel(silo, channel)), TestContext.Current.CancellationToken);
        await Wait.UntilAsync("a publication that all get", async () =>
        {
            await PublishAsync(channel);
            var newest = Text(_published);
            return await ComesAsync(() => _gateways.All(gateway => gateway.Received[^1] == newest));
        });

        // What was only in the silo's memory is lost, and may be; nothing comes twice or out of order.
        Assert.All(_gateways, gateway => Assert.Equal(gateway.Received.Distinct().Order(StringComparer.Ordinal), gateway.Received));
        var from = _published;
        await PublishUntilAsync(channel, "relays on the other silos", () => Relayed() == Gateways);
        await Wait.UntilAsync("the newest at all gateways", () => _gateways.All(gateway => gateway.Received[^1] == Text(_published)));
        Assert.All(_gateways, gateway => Assert.Equal(Texts(from), gateway.Received.Skip(gateway.Received.ToList().IndexOf(Text(from)))));
    }

    [Fact]
    public async Task StoppedSilos_WithoutHistory_WhatWasPublishedBeforeArrives()
    {
        var channel = await SubscribeAsync("plain:", awayFromFirstSilo: true);

        // One whose relay has some of the gateways, then the channel's own, whose publications are in all relays.
        foreach (var ofTheChannel in new[] { false, true })
        {
            await PublishUntilAsync(channel, "promotion", () => Relayed() == Gateways);
            await AllReceivedAsync();
            _gateways.ForEach(gateway => gateway.Slowness = SlowFor(gateway)); // while they are at the first, relays hold the others
            for (var i = 0; i < 40; i++)
            {
                await PublishAsync(channel);
            }

            await _cluster.Cluster.StopSiloAsync(_cluster.Cluster.Silos.Last(silo => HostsChannel(silo, channel) == ofTheChannel), TestContext.Current.CancellationToken);

            await AllReceivedAsync();
            _gateways.ForEach(gateway => gateway.Slowness = TimeSpan.Zero);
        }
    }

    private TimeSpan SlowFor(AttachedGateway gateway) => TimeSpan.FromMilliseconds(_gateways.IndexOf(gateway) < 3 ? 5 : 0);

    private async Task<string> SubscribeAsync(string prefix, bool awayFromFirstSilo = false)
    {
        var channel = $"{prefix}{Guid.NewGuid():N}";
        if (awayFromFirstSilo)
        {
            await Wait.UntilAsync("a channel on another silo than the first", async () =>
            {
                channel = $"{prefix}{Guid.NewGuid():N}";
                await _cluster.AddGateway().SubscribeAsync(channel);
                return !HostsChannel(_cluster.Cluster.Silos[0], channel);
            });
        }

        for (var i = 0; i < Gateways; i++)
        {
            var gateway = new AttachedGateway(_cluster.Client, $"attached-{i}");
            _gateways.Add(gateway);
            await gateway.SubscribeAsync(channel);
        }

        return channel;
    }

    private async Task PublishAsync(string channel)
    {
        var text = Text(++_published);
        await Wait.ForAsync("a publish", () => _cluster.Client.GetGrain<IChannelGrain>(channel).PublishAsync(
            new PublishRequest { Data = Encoding.UTF8.GetBytes(text), IdempotencyKey = channel.StartsWith("plain:", StringComparison.Ordinal) ? null : text }));
    }

    private Task PublishUntilAsync(string channel, string what, Func<bool> condition) => Wait.UntilAsync(what, async () =>
    {
        await PublishAsync(channel);
        return condition();
    });

    /// <summary>Each gateway has all that was published, once and in order.</summary>
    private async Task AllReceivedAsync()
    {
        await Wait.UntilAsync("all publications at all gateways", () => _gateways.All(gateway => gateway.Received.Count >= _published));
        Assert.All(_gateways, gateway => Assert.Equal(Texts(1), gateway.Received));
    }

    private static async Task<bool> ComesAsync(Func<bool> condition)
    {
        for (var i = 0; i < 50 && !condition(); i++)
        {
            await Task.Delay(20);
        }

        return condition();
    }

    private IEnumerable<string> Texts(int from) => Enumerable.Range(from, _published + 1 - from).Select(Text);

    private static string Text(int number) => number.ToString("D6", CultureInfo.InvariantCulture);

    private bool HostsChannel(InProcessSiloHandle silo, string channel) => _cluster.Hosts(silo, _cluster.Client.GetGrain<IChannelGrain>(channel));

    private long Sends() => _cluster.Sum(_cluster.Cluster.Silos, "wscluster.channel.sends");

    private long Relayed() => _cluster.Sum(_cluster.Cluster.Silos, "wscluster.relay.gateways");

    private int Shares() => _cluster.Cluster.Silos.Sum(silo => silo.ServiceProvider.GetRequiredService<RelayShares>().Channels);
}
