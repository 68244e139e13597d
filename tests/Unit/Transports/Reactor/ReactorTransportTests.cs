using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Transports.Sockets.Reactor;

namespace WsCluster.Tests.Unit.Transports.Reactor;

public sealed class ReactorTransportTests : IDisposable
{
    private const byte Text = 0x1;
    private const byte CloseFrame = 0x8;
    private const byte Ping = 0x9;

    private readonly ReactorThread _thread;
    private readonly ConcurrentQueue<string> _received = [];

    public ReactorTransportTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The reactor is for Linux.");
        _thread = new ReactorThread(0, TimeProvider.System, TestMetrics.Gateway(), NullLogger.Instance);
    }

    public void Dispose() => _thread?.Dispose();

    [Fact]
    public async Task Read_MessagesInOnePacketAndOneInPieces_GetsAllInOrder()
    {
        using var peer = await ReactorPeer.OpenAsync(_thread, Note);
        byte[] bytes = [.. ClientFrame.Of(Text, "1"u8), .. ClientFrame.Of(Text, "2"u8), .. ClientFrame.Of(Text, "3"u8), .. ClientFrame.Of(Text, "four"u8)];
        await peer.Client.SendAsync(bytes.AsMemory(..^3));
        await Wait.UntilAsync("three messages", () => _received.Count == 3);
        foreach (var rest in bytes[^3..])
        {
            await peer.Client.SendAsync(new[] { rest });
        }

        await Wait.UntilAsync("the message in pieces", () => _received.Count == 4);
        Assert.Equal(["1", "2", "3", "four"], _received);
    }

    [Fact]
    public async Task Read_MoreThanTheBufferHolds_GetsAll()
    {
        using var peer = await ReactorPeer.OpenAsync(_thread, Note);
        var large = new string('x', 60_000);
        for (var i = 0; i < 20; i++)
        {
            await peer.Client.SendAsync(ClientFrame.Of(Text, System.Text.Encoding.UTF8.GetBytes(large)));
        }

        await Wait.UntilAsync("all messages", () => _received.Count == 20);
        Assert.All(_received, message => Assert.Equal(large, message));
    }

    [Fact]
    public async Task Read_CommandThatWaits_HoldsTheNextOnesOfItsConnectionAlone()
    {
        var first = new TaskCompletionSource();
        using var peer = await ReactorPeer.OpenAsync(_thread, message =>
        {
            Note(message);
            return _received.Count == 1 ? first.Task : Task.CompletedTask;
        });
        using var other = await ReactorPeer.OpenAsync(_thread, Note);
        await peer.Client.SendAsync(ClientFrame.Of(Text, "waits"u8));
        await Wait.UntilAsync("the first message", () => _received.Count == 1);
        await peer.Client.SendAsync(ClientFrame.Of(Text, "held"u8));
        await other.Client.SendAsync(ClientFrame.Of(Text, "other"u8));
        await Wait.UntilAsync("the other connection's message", () => _received.Count == 2);
        Assert.Equal(["waits", "other"], _received);

        first.SetResult();

        await Wait.UntilAsync("the held message", () => _received.Count == 3);
        Assert.Equal("held", _received.Last());
    }

    [Fact]
    public async Task Read_CommandThatThrows_EndsWithItsException()
    {
        using var peer = await ReactorPeer.OpenAsync(_thread, _ => Task.FromException(new InvalidOperationException("broken")));
        await peer.Client.SendAsync(ClientFrame.Of(Text, "x"u8));

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => peer.Reading.WaitAsync(Wait.Limit));
        Assert.Equal("broken", failure.Message);
        Assert.Empty(await peer.ReceiveAllAsync());
    }

    [Fact]
    public async Task Read_ClientGone_Ends()
    {
        using var peer = await ReactorPeer.OpenAsync(_thread, Note);
        await peer.Client.SendAsync(ClientFrame.Of(Text, "last"u8));
        peer.Client.Shutdown(SocketShutdown.Send);

        await Wait.ForAsync("the end", peer.Reading);
        Assert.Equal(["last"], _received);
    }

    [Fact]
    public async Task Read_ClientResets_Ends()
    {
        using var peer = await ReactorPeer.OpenAsync(_thread, Note);
        peer.Client.LingerState = new LingerOption(true, 0);
        peer.Client.Dispose();

        await Wait.ForAsync("the end", peer.Reading);
    }

    [Fact]
    public async Task Read_ClientGoneWhileItsCommandWaits_EndsBehindIt()
    {
        var command = new TaskCompletionSource();
        using var peer = await ReactorPeer.OpenAsync(_thread, message =>
        {
            Note(message);
            return command.Task;
        });
        await peer.Client.SendAsync(ClientFrame.Of(Text, "x"u8));
        await Wait.UntilAsync("the command", () => _received.Count == 1);
        peer.Client.Dispose();
        await _thread.CallAsync(() => { });
        Assert.False(peer.Reading.IsCompleted);

        command.SetResult();

        await Wait.ForAsync("the end", peer.Reading);
    }

    [Fact]
    public async Task Read_CloseFrame_IsAnsweredBeforeTheServerEndsItsSide()
    {
        using var peer = await ReactorPeer.OpenAsync(_thread, Note);
        await peer.Client.SendAsync(ClientFrame.Of(CloseFrame, [0x03, 0xE8]));

        Assert.Equal([0x88, 2, 0x03, 0xE8], await peer.ReceiveAllAsync());
        Assert.False(peer.Reading.IsCompleted); // it leaves the first word to the client
        peer.Client.Dispose();
        await Wait.ForAsync("the end", peer.Reading);
    }

    [Fact]
    public async Task Read_CloseFrameAndEndAtOnce_IsAnswered()
    {
        using var peer = await ReactorPeer.OpenAsync(_thread, Note);
        await WhileStoppedAsync(async () =>
        {
            await peer.Client.SendAsync(ClientFrame.Of(CloseFrame, [0x03, 0xE8]));
            peer.Client.Shutdown(SocketShutdown.Send);
        });

        Assert.Equal([0x88, 2, 0x03, 0xE8], await peer.ReceiveAllAsync());
        await Wait.ForAsync("the end", peer.Reading);
    }

    [Fact]
    public async Task Read_ThousandsOfPings_LetOthersHaveTheirTurn()
    {
        var queued = 0;
        using var flood = await ReactorPeer.OpenAsync(_thread, Note);
        using var other = await ReactorPeer.OpenAsync(_thread, message =>
        {
            queued = flood.Connection.Writer.QueuedBytes;
            Note(message);
            return Task.CompletedTask;
        });
        await WhileStoppedAsync(async () =>
        {
            await flood.Client.SendAsync(Enumerable.Repeat(ClientFrame.Of(Ping, []), 5000).SelectMany(b => b).ToArray());
            await other.Client.SendAsync(ClientFrame.Of(Text, "other"u8));
        });

        await Wait.UntilAsync("the other connection's message", () => !_received.IsEmpty);
        Assert.InRange(queued, 1, 256 * OutboundMessage.PingFrame.Length);
        var pongs = new byte[2 * 5000];
        for (var count = 0; count < pongs.Length;)
        {
            count += await flood.Client.ReceiveAsync(new ArraySegment<byte>(pongs)[count..]).WaitAsync(Wait.Limit);
        }

        Assert.Equal(Enumerable.Repeat<byte[]>([0x8A, 0], 5000).SelectMany(b => b), pongs);
    }

    [Fact]
    public async Task Read_ClientThatStaysAfterItsCloseFrame_IsDroppedInTheEnd()
    {
        using var peer = await ReactorPeer.OpenAsync(_thread, Note, closeTimeout: TimeSpan.FromMilliseconds(100));
        await peer.Client.SendAsync(ClientFrame.Of(CloseFrame, [0x03, 0xE8]));

        await Wait.ForAsync("the end", peer.Reading);
    }

    [Fact]
    public async Task Read_Ping_IsAnswered()
    {
        using var peer = await ReactorPeer.OpenAsync(_thread, Note);
        await peer.Client.SendAsync(ClientFrame.Of(Ping, "p"u8));
        var answer = new byte[16];

        Assert.Equal(3, await peer.Client.ReceiveAsync(answer).WaitAsync(Wait.Limit));
        Assert.Equal([0x8A, 1, (byte)'p'], answer[..3]);
    }

    [Fact]
    public async Task Send_ClientDoesNotRead_EndsWhenItDid()
    {
        using var peer = await ReactorPeer.OpenAsync(_thread, Note);
        var frame = new byte[16 * 1024 * 1024];
        Random.Shared.NextBytes(frame);
        var sending = Task.CompletedTask;
        await _thread.CallAsync(() => sending = peer.Transport.SendAsync(frame).AsTask().OffThread());
        Assert.False(sending.IsCompleted);

        var received = new byte[frame.Length];
        for (var count = 0; count < received.Length;)
        {
            count += await peer.Client.ReceiveAsync(received.AsMemory(count)).AsTask().WaitAsync(Wait.Limit);
        }

        await Wait.ForAsync("the end of sending", sending);
        Assert.True(received.AsSpan().SequenceEqual(frame));
    }

    [Fact]
    public async Task Abort_WhileSending_FailsTheSendAndEnds()
    {
        using var peer = await ReactorPeer.OpenAsync(_thread, Note);
        var sending = Task.CompletedTask;
        await _thread.CallAsync(() => sending = peer.Transport.SendAsync(new byte[16 * 1024 * 1024]).AsTask().OffThread());

        peer.Transport.Abort();

        await Assert.ThrowsAsync<IOException>(() => sending.WaitAsync(Wait.Limit));
        await Wait.ForAsync("the end", peer.Reading);
        await Assert.ThrowsAsync<IOException>(() => _thread.CallAsync(() => _ = peer.Transport.SendAsync(new byte[1]).AsTask().OffThread()));
    }

    [Fact]
    public async Task Abort_WhileACommandWaits_DropsTheClientAtOnceAndEndsBehindTheCommand()
    {
        var command = new TaskCompletionSource();
        using var peer = await ReactorPeer.OpenAsync(_thread, message =>
        {
            Note(message);
            return command.Task;
        });
        await peer.Client.SendAsync(ClientFrame.Of(Text, "x"u8));
        await Wait.UntilAsync("the command", () => _received.Count == 1);

        peer.Transport.Abort();
        peer.Transport.Abort();

        Assert.Empty(await peer.ReceiveAllAsync());
        Assert.False(peer.Reading.IsCompleted);
        command.SetResult();
        await Wait.ForAsync("the end", peer.Reading);
    }

    [Fact]
    public async Task Abort_LongAfterTheEnd_TouchesNobodyWhoHasTheNumberNow()
    {
        using var gone = await ReactorPeer.OpenAsync(_thread, Note);
        gone.Client.Dispose();
        await Wait.ForAsync("the end", gone.Reading);
        using var next = await ReactorPeer.OpenAsync(_thread, Note); // the lowest free number, which is likely the other's

        gone.Transport.Abort();
        await _thread.CallAsync(() => { });
        await next.Client.SendAsync(ClientFrame.Of(Text, "here"u8));

        await Wait.UntilAsync("the message", () => _received.Count == 1);
        Assert.False(next.Reading.IsCompleted);
    }

    /// <summary>Has everything ready before the thread sees any of it.</summary>
    private async Task WhileStoppedAsync(Func<Task> prepare)
    {
        using var goOn = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopped = new ReactorCalls.Work(() =>
        {
            begun.SetResult();
            goOn.Wait(Wait.Limit);
        });
        _thread.Post(stopped);
        await begun.Task;
        await prepare();
        goOn.Set();
        await stopped.Done;
    }

    private Task Note(byte[] message)
    {
        _received.Enqueue(System.Text.Encoding.UTF8.GetString(message));
        return Task.CompletedTask;
    }
}
