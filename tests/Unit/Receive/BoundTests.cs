using System.Globalization;
using WsCluster.Configuration;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Receive;

/// <summary>What the receive path does when something is full (docs/limits.md).</summary>
public sealed class BoundTests : IDisposable
{
    private static readonly ChannelOptions Options = new() { HistorySize = 10, HistoryTtl = TimeSpan.FromMinutes(1), Presence = true };

    private readonly ReceivingGateway _gateway = new();

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task Held_Full_DropsTheRestAndAsksForHistory()
    {
        var held = new HeldDeliveries(_gateway.Channels.Metrics);
        held.Hold();
        var large = new byte[HeldDeliveries.MaxBytes / 4];

        for (var i = 1; i <= 6; i++)
        {
            held.Add("e", new Publication { Offset = (ulong)i, Data = large });
        }

        var released = new List<ulong>();
        Assert.False(held.TryRelease(Release)); // history has the dropped ones
        Assert.Equal([1, 2, 3, 4], released);
        Assert.True(held.IsHolding);
        Assert.Equal(2, _gateway.Count("held.dropped"));
        Assert.Equal(0, _gateway.Count("held.bytes"));
        Assert.True(held.TryRelease(Release));
        Assert.False(held.IsHolding);
        await Task.CompletedTask;

        bool Release(string epoch, Publication publication)
        {
            released.Add(publication.Offset);
            return true;
        }
    }

    [Fact]
    public void Held_GapInside_KeepsWhatComesAfterAndItsBytes()
    {
        var held = new HeldDeliveries(_gateway.Channels.Metrics);
        held.Hold();
        held.Add("e", new Publication { Offset = 1, Data = new byte[100] });
        held.Add("e", new Publication { Offset = 3, Data = new byte[200] });

        Assert.False(held.TryRelease((_, publication) => publication.Offset == 1));

        Assert.Equal(200 + 64, _gateway.Count("held.bytes"));
    }

    [Fact]
    public void Recent_Full_NobodyIsToldToHaveRecovered()
    {
        var recent = new RecentPublications(_gateway.Channels.Metrics);
        recent.BeginReading();
        var large = new byte[RecentPublications.MaxBytes / 4];
        for (var i = 1; i <= 6; i++)
        {
            recent.Add(new Publication { Offset = (ulong)i, Data = large });
        }

        var (position, publications) = recent.Merge(
            new HistoryPage { Publications = [], Top = new StreamPosition(0, "e") }, new StreamPosition(6, "e"));

        Assert.Equal(2, _gateway.Count("recent.dropped"));
        Assert.Equal(new StreamPosition(6, "e"), position);
        Assert.False(RecoveryDecision.Stream(new StreamPosition(0, "e"), publications, position).Recovered);
        recent.EndReading();
        Assert.Equal(0, _gateway.Count("recent.bytes"));
    }

    [Fact]
    public async Task Presence_Full_RefusesJoinsAndMakesLeavesGood()
    {
        var channel = _gateway.Channels.Enter("news", Options);
        await channel.Link.EnsureAttachedAsync();
        var reporter = channel.Link.Presence;
        var reporting = new TaskCompletionSource();
        _gateway.Channel().Before = call => call is PresenceUpdate ? reporting.Task : Task.CompletedTask;
        var first = reporter.JoinAsync(Member(0));
        await Wait.UntilAsync("the first report", () => _gateway.Channel().CallsOf<PresenceUpdate>().Count == 1);
        var joins = Enumerable.Range(1, PresenceReporter.MaxPending).Select(i => reporter.JoinAsync(Member(i))).ToList();

        Assert.False(await reporter.JoinAsync(Member(-1)));
        Assert.False(await reporter.LeaveAsync(Member(0)));
        Assert.Equal(2, _gateway.Count("presence.refused"));
        Assert.Equal(PresenceReporter.MaxPending + 1, _gateway.Count("presence.pending"));

        reporting.SetResult();
        Assert.True(await first);
        Assert.DoesNotContain(false, await Task.WhenAll(joins));
        await Wait.UntilAsync("a whole member set", () => _gateway.Channel().CallsOf<GatewaySubscription>().Count == 2);
        var told = _gateway.Channel().CallsOf<GatewaySubscription>()[1].Members!;
        Assert.Equal(PresenceReporter.MaxPending, told.Count);
        Assert.DoesNotContain(told, member => member.Info.Client is "0" or "-1");
        Assert.Equal(0, _gateway.Count("presence.pending"));
    }

    [Fact]
    public async Task HeldJoins_Full_ClosesAsSlow()
    {
        var client = _gateway.Connect();
        var groups = new SubscriberGroups(TimeSpan.Zero, TimeProvider.System, () => null!);
        var subscription = new Subscription(client.Connection, "news", serverSide: false)
        {
            Traits = new SubscriptionTraits { ReceivesJoinLeave = true },
            Expiry = null!,
        };
        groups.HoldPresence(subscription);

        for (var i = 0; i < SubscriberGroups.MaxHeldPresence; i++)
        {
            groups.DeliverPresence(new Gateway.Protocol.Wire.Reply());
        }

        Assert.Null(client.Connection.CloseCode);
        groups.DeliverPresence(new Gateway.Protocol.Wire.Reply());
        Assert.Equal(3008, client.Connection.CloseCode);
        await Wait.UntilAsync("the close", () => client.Log.Count == 1);
    }

    [Fact]
    public async Task Strays_Full_AreToldLater()
    {
        var unsubscribing = new TaskCompletionSource();
        for (var i = 0; i < 1001; i++)
        {
            var name = $"stray{i}";
            _gateway.Channel(name).Before = _ => unsubscribing.Task;
            _gateway.Channels.Stray(name);
        }

        Assert.Equal(1000, _gateway.Count("strays.active"));
        Assert.Empty(_gateway.Channel("stray1000").CallsOf<Unsubscribed>());
        unsubscribing.SetResult();
        await Wait.UntilAsync("the others to be told", () => _gateway.Count("strays.active") == 0);
        _gateway.Channels.Stray("stray1000");
        await Wait.UntilAsync("the last to be told", () => _gateway.Channel("stray1000").CallsOf<Unsubscribed>().Count == 1);
    }

    private static PresenceMember Member(int number) => new()
    {
        Info = new ClientInfo { User = "u", Client = number.ToString(CultureInfo.InvariantCulture) },
        Presence = true,
        JoinLeave = false,
    };
}
