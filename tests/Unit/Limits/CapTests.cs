using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using WsCluster.Gateway;
using WsCluster.Gateway.Publishing;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Grains;
using WsCluster.Grains.Behaviors;
using WsCluster.Grains.Routing;
using WsCluster.Grains.Users;
using WsCluster.Routing;
using WsCluster.Tests.Unit.Grains.Relays;
using WsCluster.Tests.Unit.Publishing;

namespace WsCluster.Tests.Unit.Limits;

/// <summary>What is remembered has a limit; past it the named thing happens, and is counted (docs/limits.md).</summary>
public sealed class CapTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeasuredValues _measured;
    private readonly GatewayMetrics _gateway;
    private readonly GrainMetrics _grains;

    public CapTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _measured = new MeasuredValues(meters);
        (_gateway, _grains) = (new GatewayMetrics(meters), new GrainMetrics(meters));
    }

    private long GatewayHits => _measured.Sum("wscluster.gateway.limit.hits");

    private long SiloHits => _measured.Sum("wscluster.silo.limit.hits");

    public void Dispose()
    {
        _measured.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void Places_OneTooMany_AllOthersAreForgotten()
    {
        var places = new PublishingCluster(_gateway).Places;
        for (var i = 0; i < ChannelPlaces.MostChannels; i++)
        {
            places.Learn($"{i}", "silo");
        }

        Assert.NotNull(places.Find("0"));
        Assert.Equal(0, GatewayHits);
        places.Learn("more", "silo");

        Assert.Null(places.Find("0"));
        Assert.NotNull(places.Find("more"));
        Assert.Equal(1, GatewayHits);
    }

    [Fact]
    public void Relays_OneTooMany_WhatTheOthersBringIsDropped()
    {
        var passed = new List<string>();
        var ways = new DeliveryWays(arrival => passed.Add(Encoding.UTF8.GetString(arrival.Publication!.Data)), (_, _) => { }, _gateway);
        var relays = Enumerable.Range(1, DeliveryWays.MostRelays + 1).Select(number => (Outbox: Guid.NewGuid(), Stint: new RelayStint(1, number))).ToList();
        ways.Take(Guid.Empty, Arrival.Of(DeliveryKind.Relayed, relays[0].Stint, "relay"));
        foreach (var (outbox, stint) in relays[..^1])
        {
            ways.Take(outbox, Arrival.Of(DeliveryKind.RelayBegin, stint, "relay"));
        }

        Take("1");
        Assert.Equal(0, GatewayHits);
        ways.Take(relays[^1].Outbox, Arrival.Of(DeliveryKind.RelayBegin, relays[^1].Stint, "relay"));
        Take("2");

        Assert.Equal(["1"], passed);
        Assert.Equal(1, GatewayHits);

        void Take(string text) => ways.Take(relays[0].Outbox, Arrival.Of("", new Publication { Offset = 0, Data = Encoding.UTF8.GetBytes(text) }));
    }

    [Fact]
    public async Task LastSeen_OneTooMany_TheOldestIsForgotten()
    {
        var store = new MemoryLastSeenStore(_grains);
        for (var i = 0; i <= MemoryLastSeenStore.Capacity; i++)
        {
            await store.WriteAsync($"{i}", DateTimeOffset.UnixEpoch);
        }

        Assert.Null(await store.ReadAsync("0"));
        Assert.NotNull(await store.ReadAsync("1"));
        Assert.NotNull(await store.ReadAsync($"{MemoryLastSeenStore.Capacity}"));
        Assert.Equal(1, SiloHits);
    }

    [Fact]
    public async Task UserStates_OneTooMany_TheOldestIsForgotten()
    {
        var store = new MemoryUserStore(_grains);
        for (var i = 0; i <= MemoryUserStore.Capacity; i++)
        {
            Assert.True(await store.TryWriteAsync($"{i}", new UserRecord { State = [1] }, 0));
        }

        Assert.Null((await store.ReadAsync("0")).Record.State);
        Assert.NotNull((await store.ReadAsync("1")).Record.State);
        Assert.Equal(1, SiloHits);
    }

    [Fact]
    public void Traces_OneTooMany_IsNotFollowed()
    {
        var traces = new OutboxTraces(TimeProvider.System);
        for (var i = 1; i <= OutboxTraces.Most; i++)
        {
            Assert.True(traces.TryQueue([1], i));
        }

        Assert.False(traces.TryQueue([1], OutboxTraces.Most + 1));
        traces.Taken(1);
        Assert.True(traces.TryQueue([1], OutboxTraces.Most));
    }

    [Fact]
    public async Task Departed_OneTooMany_TheOldestMayComeBack()
    {
        await using var silos = new RelayingSilos();
        using var counted = new MeasuredValues(silos.Meters);
        var attachments = new GatewayAttachments(silos.Outboxes, new OutboxOwner((_, _) => Task.CompletedTask));
        for (var i = 0; i < GatewayAttachments.MaxDeparted; i++)
        {
            attachments.Depart($"{i}", 7);
            attachments.Depart($"{i}", 7); // a repeat takes no place
        }

        Assert.True(attachments.HasEnded("0", 7));
        Assert.Equal(0, counted.Sum("wscluster.silo.limit.hits"));
        attachments.Depart("more", 7);

        Assert.False(attachments.HasEnded("0", 7));
        Assert.True(attachments.HasEnded("1", 7));
        Assert.Equal(1, counted.Sum("wscluster.silo.limit.hits"));
    }

    [Fact]
    public void Timers_OneTooMany_Throws()
    {
        var timers = new BehaviorTimers((_, _, _) => new MemoryStream(), _ => Task.CompletedTask);
        for (var i = 0; i < BehaviorTimers.MostTimers; i++)
        {
            timers.Start($"{i}", TimeSpan.FromSeconds(1), null);
            timers.Start($"{i}", TimeSpan.FromSeconds(2), null); // instead of the first
        }

        Assert.Throws<InvalidOperationException>(() => timers.Start("more", TimeSpan.FromSeconds(1), null));
        timers.Stop("0");
        timers.Start("more", TimeSpan.FromSeconds(1), null);
    }
}
