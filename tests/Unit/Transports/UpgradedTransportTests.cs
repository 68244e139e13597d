using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Transports;

namespace WsCluster.Tests.Unit.Transports;

/// <summary>The end of a WebSocket on the HTTP server's stream, of which the server uses everything again.</summary>
public sealed class UpgradedTransportTests : IAsyncDisposable
{
    private const byte Text = 0x1, Close = 0x8, Pong = 0xA;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Request _request = new();
    private readonly DeadlineClock _clock = new(TimeProvider.System, NullLogger<DeadlineClock>.Instance);
    private readonly UpgradedTransport _transport;
    private readonly Connection _connection;

    public UpgradedTransportTests()
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpRequestLifetimeFeature>(_request);
        _transport = new UpgradedTransport(_request, context, Patience);
        _connection = new Connection(_transport, ProtocolCodecs.Json, new GatewayOptions(), _clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        await _request.DisposeAsync();
        _clock.Dispose();
    }

    [Fact]
    public async Task Everything_AfterTheEnd_LeavesTheRequestAlone()
    {
        await _transport.DisposeAsync();

        _transport.Abort();
        await Assert.ThrowsAsync<IOException>(async () => await _transport.SendAsync(new byte[] { 1 }));
        await _transport.CloseAsync(3000, "late");

        Assert.Equal(0, _request.Aborts);
        Assert.Empty(_request.Written);
    }

    [Fact]
    public async Task Dispose_WhileTheClientTakesNothing_DropsItAndWaits()
    {
        _request.Blocks = true;
        var sending = _transport.SendAsync(new byte[] { 1 }).AsTask();
        Assert.False(sending.IsCompleted);

        await _transport.DisposeAsync().AsTask().WaitAsync(Patience);

        Assert.Equal(1, _request.Aborts);
        Assert.True(sending.IsFaulted);
    }

    [Fact]
    public async Task Read_ClientCloses_EndsWhenItHasItsAnswer()
    {
        await _request.BringAsync(ClientFrame.Of(Close, [0x0F, 0xA0])); // 4000

        await ReadAsync();

        Assert.Equal([0x88, 2, 0x0F, 0xA0], _request.Written);
        Assert.Equal(0, _request.Aborts);
    }

    [Fact]
    public async Task Read_ClientErrs_IsHeardOutAndToldWhy()
    {
        await _request.BringAsync(ClientFrame.Of(Pong | ClientFrame.Rsv1, []));
        var reading = ReadAsync();
        await _request.BringAsync(new byte[20_000]); // whatever it is
        _request.EndInput();

        await reading;

        Assert.Equal([0x88, 2, 0x03, 0xEA], _request.Written); // 1002
        Assert.Equal(0, _request.Unread);
    }

    [Fact]
    public async Task Read_ClientErrsAndWaits_IsNotWaitedForLong()
    {
        await _request.BringAsync(ClientFrame.Of(Text | 0x10, "x"u8));

        await ReadAsync(); // its end has not come

        Assert.Equal([0x88, 2, 0x03, 0xEA], _request.Written);
    }

    [Fact]
    public async Task Read_InputEndsInsideAFrame_Ends()
    {
        await _request.BringAsync(ClientFrame.Of(Text, "cut"u8)[..5]);
        _request.EndInput();

        await ReadAsync();

        Assert.Empty(_request.Written);
    }

    private Task ReadAsync() => _transport.ReadAsync(_connection, 1000, _ => Task.CompletedTask).WaitAsync(Patience);

    /// <summary>A request whose stream a test fills, and which counts how often it is aborted.</summary>
    private sealed class Request : Stream, IHttpRequestLifetimeFeature
    {
        private readonly Pipe _input = new(new PipeOptions(pauseWriterThreshold: 0));
        private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Stream _brought;
        private long _read;
        private long _all;

        public Request()
        {
            _brought = _input.Reader.AsStream();
        }

        public bool Blocks { get; set; }

        public List<byte> Written { get; } = [];

        public int Aborts { get; private set; }

        public long Unread => _all - _read;

        public CancellationToken RequestAborted { get; set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public async Task BringAsync(byte[] bytes)
        {
            _all += bytes.Length;
            await _input.Writer.WriteAsync(bytes);
        }

        public void EndInput() => _input.Writer.Complete();

        public void Abort()
        {
            Aborts++;
            _aborted.TrySetException(new IOException("Aborted."));
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await _brought.ReadAsync(buffer, cancellationToken);
            _read += count;
            return count;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Blocks)
            {
                await _aborted.Task;
            }

            Written.AddRange(buffer.Span);
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
