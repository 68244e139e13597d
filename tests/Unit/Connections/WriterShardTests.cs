using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions;
using Publication = WsCluster.Publication;

namespace WsCluster.Tests.Unit.Connections;

/// <summary>Fan-out by shards: what is joined, for whom, and in which order with everything else.</summary>
public sealed class WriterShardTests : IWriterScheduler, IDisposable
{
    private readonly DeadlineClock _clock = new(TimeProvider.System, NullLogger<DeadlineClock>.Instance);
    private readonly SubscriberGroups _groups = new(TimeSpan.FromMilliseconds(3), TimeProvider.System, () => null!);
    private readonly WriterShard _shard;
    private readonly List<TimeSpan> _scheduled = [];
    private IThreadPoolWorkItem? _due;

    public WriterShardTests()
    {
        _shard = new WriterShard(TimeProvider.System, this);
    }

    void IWriterScheduler.Schedule(IThreadPoolWorkItem shard, TimeSpan joinInterval)
    {
        _due = shard;
        _scheduled.Add(joinInterval);
    }

    public void Dispose() => _clock.Dispose();

    [Fact]
    public async Task Deliver_SeveralInARound_AreOneMessageForEverybody()
    {
        var (a, b) = (Subscribe(), Subscribe());

        Publish(1);
        Publish(2);
        RunRound();

        Assert.Equal(Push(1) + "\n" + Push(2), await a.NextAsync());
        Assert.Equal(Push(1) + "\n" + Push(2), await b.NextAsync());
    }

    [Fact]
    public async Task Deliver_BetweenReplies_KeepsTheOrder()
    {
        var client = Subscribe();
        Send(client, 1);
        Publish(1);
        Send(client, 2);
        Publish(2); // to the same subscribers: it joins the first
        RunRound();

        Assert.Equal($"{Reply(1)}\n{Push(1)}\n{Push(2)}\n{Reply(2)}", await client.NextAsync());
    }

    [Fact]
    public async Task Subscribe_Between_GetsNothingFromBefore()
    {
        var first = Subscribe();
        Publish(1);
        var second = Subscribe();
        Send(second, 7); // its subscribe reply
        Publish(2);
        RunRound();

        Assert.Equal($"{Push(1)}\n{Push(2)}", await first.NextAsync());
        Assert.Equal($"{Reply(7)}\n{Push(2)}", await second.NextAsync());
    }

    [Fact]
    public async Task Unsubscribe_Between_GetsWhatWasBeforeItsReplyAndNothingAfter()
    {
        var (stays, leaves) = (Subscribe(), Subscribe());
        Publish(1);
        _groups.Remove(leaves.Subscription);
        Send(leaves, 8); // its unsubscribe reply
        Publish(2);
        RunRound();

        Assert.Equal($"{Push(1)}\n{Reply(8)}", await leaves.NextAsync());
        Assert.Equal($"{Push(1)}\n{Push(2)}", await stays.NextAsync());
        Assert.True(leaves.Transport.IsQuiet);
    }

    [Fact]
    public async Task Deliver_OneClientDoesNotRead_ClosesItAndReachesTheOthers()
    {
        var (slow, quick) = (Subscribe(maxQueuedBytes: 16 * 1024), Subscribe());
        slow.Transport.Block();
        for (var i = 1; i <= 300; i++)
        {
            Publish(i, 100);
            RunRound();
        }

        Assert.Equal((int)DisconnectCode.Slow, slow.Connection.CloseCode);
        Assert.Null(quick.Connection.CloseCode);
        for (var i = 1; i <= 300; i++)
        {
            Assert.Contains($"\"offset\":{i}}}", await quick.NextAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Deliver_MoreThanAShardHolds_ClosesItsAudience()
    {
        var client = Subscribe(maxQueuedBytes: 64 * 1024 * 1024);
        for (var i = 1; i <= 70; i++)
        {
            Publish(i, 1024 * 1024);
        }

        Assert.Equal((int)DisconnectCode.Slow, client.Connection.CloseCode);
    }

    [Fact]
    public void Schedule_AloneThenClose_WaitsOnlyForWhatComesClose()
    {
        Subscribe();
        Publish(1);
        Assert.Equal([TimeSpan.Zero], _scheduled);
        RunRound();
        for (var i = 2; i < 50; i++)
        {
            Publish(i);
            RunRound();
        }

        Assert.Equal(TimeSpan.FromMilliseconds(3), _scheduled[^1]);
    }

    [Theory]
    [InlineData(0, 1, 5, 0)]
    [InlineData(3, 1, 0.5, 3)]
    [InlineData(3, 1, 1.6, 9.6)]
    [InlineData(3, 1, 100, 15)]
    [InlineData(3, 14, 100, 15)]
    public void WaitFor_ComesCloseEnough_GrowsWithTheAudience(double interval, double gap, double sending, double wait) =>
        Assert.Equal(Milliseconds(wait), new JoinRequest(Milliseconds(interval), Milliseconds(gap)).WaitFor(Milliseconds(sending)));

    [Theory]
    [InlineData(3, 4, 0.5)]
    [InlineData(3, 16, 100)]
    public void WaitFor_NothingWouldCome_DoesNotWait(double interval, double gap, double sending) =>
        Assert.Null(new JoinRequest(Milliseconds(interval), Milliseconds(gap)).WaitFor(Milliseconds(sending)));

    private static TimeSpan Milliseconds(double value) => TimeSpan.FromTicks((long)(value * TimeSpan.TicksPerMillisecond));

    private static string Push(int number) => "{\"push\":{\"channel\":\"c\",\"pub\":{\"data\":\"\",\"offset\":" + number + "}}}";

    private static string Reply(int id) => "{\"id\":" + id + ",\"ping\":{}}";

    private void Publish(int number, int bytes = 0) =>
        _groups.Deliver("c", new Publication { Offset = (ulong)number, Data = Encoding.UTF8.GetBytes($"\"{new string('x', bytes)}\"") }, null);

    private static void Send(Client client, int id) => client.Connection.Send(new Reply { Id = (uint)id, Ping = new PingResult() });

    private Client Subscribe(int maxQueuedBytes = 1024 * 1024)
    {
        var transport = new RecordingTransport();
        var connection = new Connection(
            transport, ProtocolCodecs.Json, new GatewayOptions { PingInterval = TimeSpan.Zero, MaxQueuedBytes = maxQueuedBytes }, _clock, shard: _shard);
        var subscription = new Subscription(connection, "c", serverSide: false) { Traits = new SubscriptionTraits(), Expiry = null! };
        _groups.Add(subscription, read: [], until: 0);
        return new Client(transport, connection, subscription);
    }

    private void RunRound()
    {
        var due = _due;
        _due = null;
        due?.Execute();
    }

    private sealed record Client(RecordingTransport Transport, Connection Connection, Subscription Subscription)
    {
        public Task<string> NextAsync() => Transport.NextAsync();
    }
}
