using System.Runtime.InteropServices;
using System.Text;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Transports;
using WsCluster.Tests.Unit.Transports;

namespace WsCluster.Tests.Unit.Connections;

/// <summary>What is compressed, when, and how often.</summary>
public sealed class DeflatedMessageTests : IWriterOwner
{
    private const byte Rsv1 = 0x40;

    private static readonly string Long = string.Concat(Enumerable.Repeat("""{"push":{"channel":"a","pub":{}}}""", 100));

    [Fact]
    public void Message_ForManyConnections_IsCompressedOnce()
    {
        var transports = Enumerable.Range(0, 5).Select(_ => new FrameTransport(deflates: true)).ToList();
        var message = Message(Long);
        foreach (var transport in transports)
        {
            Connected(transport).Enqueue(message);
        }

        var frames = transports.Select(transport => transport.Next()).ToList();
        Assert.All(frames, frame => Assert.Same(frames[0].Array, frame.Array)); // the same bytes, not merely equal ones
        Assert.Equal(0x81 | Rsv1, frames[0][0]);
        Assert.InRange(frames[0].Count, 1, Long.Length / 10);
        Assert.Equal(Long, Encoding.UTF8.GetString(ClientFrame.Inflate(Payload(frames[0]))));
    }

    [Fact]
    public void Message_ForConnectionsWithAndWithout_IsBoth()
    {
        var (with, without) = (new FrameTransport(deflates: true), new FrameTransport(deflates: false));
        var message = Message(Long);
        Connected(with).Enqueue(message);
        Connected(without).Enqueue(message);

        Assert.Equal(0x81 | Rsv1, with.Next()[0]);
        var plain = without.Next();
        Assert.Equal(0x81, plain[0]);
        Assert.Equal(Long, Encoding.UTF8.GetString(Payload(plain)));
    }

    [Fact]
    public void Message_Short_GoesAsItIs()
    {
        var transport = new FrameTransport(deflates: true);
        Connected(transport).Enqueue(Message(new string('x', 199)));

        Assert.Equal(0x81, transport.Next()[0]);
    }

    [Fact]
    public void Message_ThatWouldGetLonger_GoesAsItIs()
    {
        var noise = new byte[1000];
        new Random(1).NextBytes(noise);
        var transport = new FrameTransport(deflates: true);
        var message = OutboundMessage.Create(noise, ProtocolKind.Protobuf);
        Connected(transport).Enqueue(message);

        var frame = transport.Next();
        Assert.Equal(0x82, frame[0]);
        Assert.Equal(noise, Payload(frame));
    }

    [Fact]
    public void Message_BeforeTheConnectReply_IsNotCompressed()
    {
        var transport = new FrameTransport(deflates: true);
        var writer = new ConnectionWriter(transport, ProtocolCodecs.Json, 1 << 20, new WriterShard(TimeProvider.System), this);
        writer.Enqueue(Message(Long));

        Assert.Equal(0x81, transport.Next()[0]);
    }

    [Fact]
    public void Messages_LongAndShort_KeepTheirOrder()
    {
        var transport = new FrameTransport(deflates: true) { IsSlow = true };
        var writer = Connected(transport); // the connect reply is under way, and the others wait behind it
        foreach (var text in new[] { "a", "b", Long, "c", Long, "d", "e" })
        {
            writer.Enqueue(Message(text));
        }

        transport.GoOn();

        Assert.Equal(["a\nb", Long, "c", Long, "d\ne"], Enumerable.Range(0, 5).Select(_ => Text(transport.Next())));
    }

    [Fact]
    public void DeflatedFrame_OfManyThreads_IsOne()
    {
        var message = Message(Long);
        var frames = new ReadOnlyMemory<byte>[8];

        Parallel.For(0, frames.Length, i => frames[i] = message.DeflatedFrame);

        Assert.All(frames, frame => Assert.True(frame.Span == frames[0].Span));
    }

    void IWriterOwner.QueueOverflowed() => Assert.Fail("Too much was queued.");

    void IWriterOwner.WriteFailed() => Assert.Fail("A write failed.");

    private ConnectionWriter Connected(FrameTransport transport)
    {
        var writer = new ConnectionWriter(transport, ProtocolCodecs.Json, 1 << 20, new WriterShard(TimeProvider.System), this);
        writer.Hold();
        writer.Release(Message("{}"));
        Assert.Equal("{}", Text(transport.Next()));
        return writer;
    }

    private static OutboundMessage Message(string text) => OutboundMessage.Create(Encoding.UTF8.GetBytes(text), ProtocolKind.Json);

    private static string Text(ArraySegment<byte> frame) =>
        Encoding.UTF8.GetString((frame[0] & Rsv1) != 0 ? ClientFrame.Inflate(Payload(frame)) : Payload(frame));

    private static byte[] Payload(ArraySegment<byte> frame) => [.. frame.Slice(frame[1] switch { 126 => 4, 127 => 10, _ => 2 })];

    /// <summary>Keeps the frames as it gets them.</summary>
    private sealed class FrameTransport(bool deflates) : ITransport
    {
        private const int PooledBytes = 16 * 1024; // what is joined lies in a rented buffer

        private readonly System.Collections.Concurrent.BlockingCollection<ArraySegment<byte>> _frames = [];
        private TaskCompletionSource? _gate;

        public string Name => "frames";

        public bool SendsWebSocketFrames => true;

        public bool SendsDeflatedFrames => deflates;

        public bool IsSlow
        {
            init => _gate = value ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : null;
        }

        public void GoOn() => _gate!.SetResult();

        public async ValueTask SendAsync(ReadOnlyMemory<byte> frame)
        {
            Assert.True(MemoryMarshal.TryGetArray(frame, out var bytes));
            _frames.Add(bytes.Array!.Length >= PooledBytes ? new ArraySegment<byte>(frame.ToArray()) : bytes);
            if (_gate is { } gate)
            {
                await gate.Task;
            }
        }

        public ValueTask CloseAsync(int code, string reason) => ValueTask.CompletedTask;

        public void Abort()
        {
        }

        public ArraySegment<byte> Next()
        {
            Assert.True(_frames.TryTake(out var frame, TimeSpan.FromSeconds(30)), "No frame came.");
            return frame;
        }
    }
}
