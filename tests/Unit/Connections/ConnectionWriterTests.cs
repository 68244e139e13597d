using System.Text;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol;

namespace WsCluster.Tests.Unit.Connections;

public sealed class ConnectionWriterTests : IWriterOwner
{
    private readonly RecordingTransport _transport = new();
    private readonly TaskCompletionSource _failed = new();
    private int _overflows;

    [Fact]
    public async Task Enqueue_Idle_SendsTheMessageAlone()
    {
        var writer = Writer();

        writer.Enqueue(Message("a"));

        Assert.Equal("a", await _transport.NextAsync());
    }

    [Fact]
    public async Task Enqueue_WhileSending_JoinsInOrder()
    {
        var writer = await BusyWriterAsync();
        foreach (var text in new[] { "b", "c", "d" })
        {
            writer.Enqueue(Message(text));
        }

        _transport.Unblock();

        Assert.Equal("b\nc\nd", await _transport.NextAsync());
    }

    [Fact]
    public async Task Enqueue_ProtobufMessages_AreJoinedWithoutSeparator()
    {
        var writer = await BusyWriterAsync(codec: ProtocolCodecs.Protobuf);
        writer.Enqueue(Message("b"));
        writer.Enqueue(Message("c"));

        _transport.Unblock();

        Assert.Equal("bc", await _transport.NextAsync());
    }

    [Fact]
    public async Task Enqueue_MoreThanAFrame_StartsAnotherFrame()
    {
        var writer = await BusyWriterAsync();
        var (large, huge) = (new string('x', 10_000), new string('y', 20_000));
        foreach (var text in new[] { large, large, huge, "b", "c" })
        {
            writer.Enqueue(Message(text));
        }

        _transport.Unblock();

        Assert.Equal(large, await _transport.NextAsync());
        Assert.Equal(large, await _transport.NextAsync());
        Assert.Equal(huge, await _transport.NextAsync());
        Assert.Equal("b\nc", await _transport.NextAsync());
    }

    [Fact]
    public async Task Enqueue_FromManyThreads_KeepsEachThreadsOrder()
    {
        var writer = Writer(maxQueuedBytes: 1_000_000);
        const int threads = 4;
        const int each = 2_000;

        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
            {
                writer.Enqueue(Message($"{thread} {i}"));
            }
        })));
        var received = new List<string>();
        while (received.Count < threads * each)
        {
            received.AddRange((await _transport.NextAsync()).Split('\n'));
        }

        Assert.All(received.GroupBy(m => m[0]), g => Assert.Equal(Enumerable.Range(0, each), g.Select(m => int.Parse(m[2..]))));
        Assert.Equal(0, _overflows);
    }

    [Fact]
    public async Task Release_AfterHold_SendsTheReplyFirst()
    {
        var writer = Writer();
        writer.Hold();
        writer.Enqueue(Message("push"));
        Assert.Equal(4, writer.QueuedBytes);

        writer.Release(Message("reply"));

        Assert.Equal("reply\npush", await _transport.NextAsync()); // queued under one lock, so sent as one frame
    }

    [Fact]
    public async Task EnqueueLast_WhileHolding_SendsOnlyTheError()
    {
        var writer = Writer();
        writer.Hold();
        writer.Enqueue(Message("push"));

        writer.EnqueueLast(Message("error"));
        writer.Enqueue(Message("late"));
        writer.Close(3000, "end", flush: true);

        Assert.Equal("error", await _transport.NextAsync());
        Assert.Equal("close 3000 end", await _transport.NextAsync());
    }

    [Fact]
    public async Task Release_AfterClose_SendsNothing()
    {
        var writer = Writer();
        writer.Hold();
        writer.Close(3000, "end", flush: true);
        Assert.Equal("close 3000 end", await _transport.NextAsync());

        writer.Release(Message("reply"));

        Assert.Equal(0, writer.QueuedBytes);
        Assert.True(_transport.IsQuiet);
    }

    [Fact]
    public async Task Release_AfterOverflow_SendsOnlyTheClose()
    {
        var writer = Writer(maxQueuedBytes: 10);
        writer.Hold();
        writer.Enqueue(Message("123456"));
        writer.Enqueue(Message("123456"));
        Assert.Equal(1, _overflows);

        writer.Release(Message("reply"));
        writer.Close(3008, "slow", flush: false);

        Assert.Equal("close 3008 slow", await _transport.NextAsync());
    }

    [Fact]
    public async Task Enqueue_OverTheLimit_OverflowsOnceAndDropsTheRest()
    {
        var writer = await BusyWriterAsync(maxQueuedBytes: 10);
        writer.Enqueue(Message("123456789"));
        Assert.Equal(0, _overflows);

        writer.Enqueue(Message("b"));
        writer.Enqueue(Message("c"));
        Assert.Equal(1, _overflows);
        writer.Close(3008, "slow", flush: false);
        _transport.Unblock();

        Assert.Equal("close 3008 slow", await _transport.NextAsync());
    }

    [Fact]
    public async Task FanOut_SmallerThanWhatWasTooMuch_IsNotSentBehindTheGap()
    {
        var writer = await BusyWriterAsync(maxQueuedBytes: 10);
        var audience = new FanOut.Audience(ProtocolCodecs.Json, [writer], 1);
        foreach (var text in new[] { "a very long publication", "b" })
        {
            FanOut? own = null;
            Assert.True(writer.Shard.TryPost(ref own, audience, Message(text), join: null));
        }

        await Wait.UntilAsync("both to be taken", () => writer.Shard.IsIdle);
        Assert.Equal(1, _overflows);
        _transport.Unblock();
        writer.Close(3000, "end", flush: true);

        Assert.Equal("close 3000 end", await _transport.NextAsync());
    }

    [Fact]
    public async Task Enqueue_OneMessageOverTheLimit_IsSentWhenNothingWaits()
    {
        var writer = Writer(maxQueuedBytes: 10);

        writer.Enqueue(Message("longer than ten"));

        Assert.Equal("longer than ten", await _transport.NextAsync());
        Assert.Equal(0, _overflows);
    }

    [Fact]
    public async Task WaitForRoom_QueueHalfEmpty_IsImmediate()
    {
        var writer = await BusyWriterAsync(maxQueuedBytes: 10);
        writer.Enqueue(Message("1234"));

        Assert.True(writer.WaitForRoomAsync().AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task WaitForRoom_QueueFull_EndsWhenTheClientHasTakenHalf()
    {
        var writer = await BusyWriterAsync(maxQueuedBytes: 10);
        writer.Enqueue(Message("12345"));

        var room = writer.WaitForRoomAsync().AsTask();
        Assert.False(room.IsCompleted);
        _transport.Unblock();

        await room.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.InRange(writer.QueuedBytes, 0, 5);
    }

    [Fact]
    public async Task WaitForRoom_ConnectionEnds_IsReleased()
    {
        var closed = await BusyWriterAsync(maxQueuedBytes: 2);
        closed.Enqueue(Message("1"));
        var room = closed.WaitForRoomAsync().AsTask();
        Assert.False(room.IsCompleted);

        closed.Close(3000, "end", flush: true);

        await room.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(closed.WaitForRoomAsync().AsTask().IsCompleted);
    }

    [Fact]
    public async Task Close_WithFlush_SendsWhatIsQueuedFirst()
    {
        var writer = await BusyWriterAsync();
        writer.Enqueue(Message("b"));

        writer.Close(3001, "shutdown", flush: true);
        writer.Close(3000, "again", flush: true);
        writer.Enqueue(Message("too late"));
        _transport.Unblock();

        Assert.Equal("b", await _transport.NextAsync());
        Assert.Equal("close 3001 shutdown", await _transport.NextAsync());
        Assert.True(_transport.IsQuiet);
    }

    [Fact]
    public async Task Close_WithoutFlush_DropsWhatIsQueued()
    {
        var writer = await BusyWriterAsync();
        writer.Enqueue(Message("b"));

        writer.Close(3008, "slow", flush: false);
        _transport.Unblock();

        Assert.Equal("close 3008 slow", await _transport.NextAsync());
    }

    [Fact]
    public async Task Send_Fails_ReportsOnceAndStops()
    {
        var writer = Writer();
        _transport.Fails = true;

        writer.Enqueue(Message("a"));
        await _failed.Task.WaitAsync(TimeSpan.FromSeconds(10));
        writer.Enqueue(Message("b"));
        writer.Close(3000, "end", flush: true);

        Assert.Equal("a", await _transport.NextAsync());
        Assert.True(_transport.IsQuiet);
    }

    void IWriterOwner.QueueOverflowed() => _overflows++;

    void IWriterOwner.WriteFailed() => _failed.SetResult(); // throws the second time

    private static OutboundMessage Message(string text) => OutboundMessage.Create(Encoding.UTF8.GetBytes(text), ProtocolKind.Json);

    [Fact]
    public async Task Enqueue_PongsThatNobodyReads_CountForWhatTheyHold()
    {
        var writer = await BusyWriterAsync(maxQueuedBytes: 10_000);
        for (var i = 0; i < 100; i++)
        {
            writer.Enqueue(OutboundMessage.CreatePong([]));
        }

        Assert.Equal(1, _overflows);
    }

    private ConnectionWriter Writer(int maxQueuedBytes = 100_000, IProtocolCodec? codec = null) =>
        new(_transport, codec ?? ProtocolCodecs.Json, maxQueuedBytes, new WriterShard(TimeProvider.System), this);

    /// <summary>A writer whose first message of one byte is being sent until the transport is unblocked.</summary>
    private async Task<ConnectionWriter> BusyWriterAsync(int maxQueuedBytes = 100_000, IProtocolCodec? codec = null)
    {
        var writer = Writer(maxQueuedBytes, codec);
        _transport.Block();
        writer.Enqueue(Message("a"));
        Assert.Equal("a", await _transport.NextAsync());
        return writer;
    }
}
