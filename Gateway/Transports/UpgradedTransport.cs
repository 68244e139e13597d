using System.Buffers;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Transports.Sockets;

namespace WsCluster.Gateway.Transports;

/// <summary>
/// A WebSocket connection on a stream of the HTTP server's: over TLS or HTTP/2, or on a connection that had other requests before.
/// It takes complete frames, the same ones as a socket, and waits without a buffer. The server uses the request's objects again for
/// others, so nothing touches them after <see cref="DisposeAsync"/>.
/// </summary>
/// <param name="stream">What the handshake opened.</param>
/// <param name="context">The handshake's request.</param>
/// <param name="closeTimeout">How long the end may take.</param>
/// <param name="deflates">Whether compression was agreed.</param>
internal sealed class UpgradedTransport(Stream stream, HttpContext context, TimeSpan closeTimeout, bool deflates = false) : ITransport, IByteSource, IAsyncDisposable
{
    private const int SkipBufferBytes = 4 * 1024;
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);

    private readonly Lock _sync = new();
    private readonly TaskCompletionSource _saidClose = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _sending = Task.CompletedTask; // guarded by _sync, like the field below
    private bool _left;

    public string Name => SocketTransport.TransportName;

    public bool SendsWebSocketFrames => true;

    public bool SendsDeflatedFrames => deflates;

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame)
    {
        lock (_sync)
        {
            if (_left)
            {
                throw new IOException("The client is gone.");
            }

            _sending = stream.WriteAsync(frame).AsTask(); // the server gives a task, whatever it says, and none where it need not wait
            return new ValueTask(_sending);
        }
    }

    public async ValueTask CloseAsync(int code, string reason)
    {
        try
        {
            await SendAsync(CloseFrame.Create(code, reason));
        }
        catch (Exception e) when (TransportEnd.Is(e))
        {
            // The client is gone or does not listen: nothing is left to tell it.
        }

        _saidClose.TrySetResult();
    }

    public void Abort()
    {
        lock (_sync)
        {
            if (!_left)
            {
                context.Abort();
            }
        }

        _saidClose.TrySetResult();
    }

    /// <summary>Reads messages until the connection is over, the closing handshake included.</summary>
    public async Task ReadAsync(Connection connection, int maxMessageBytes, Func<ReadOnlyMemory<byte>, Task> process)
    {
        var frames = new FrameReader(maxMessageBytes, deflates);
        try
        {
            var end = await FrameLoop.ReadToEndAsync(this, frames, connection, process);
            if (end != FrameEvent.None)
            {
                await PartAsync(clientGoesOn: end == FrameEvent.Error);
            }
        }
        catch (Exception e) when (TransportEnd.Is(e))
        {
            // The end of a connection without a close frame is daily life.
        }
        finally
        {
            frames.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> TryReceiveAsync(FrameReader frames)
    {
        if (frames.IsIdle)
        {
            frames.Release();
            _ = await stream.ReadAsync(Memory<byte>.Empty);
        }

        var count = await stream.ReadAsync(frames.GetRoom());
        frames.Received(count);
        return count > 0;
    }

    /// <summary>Lets no send begin, and waits for one that is under way: a client that does not take it is dropped. The request may end then.</summary>
    public async ValueTask DisposeAsync()
    {
        Task sending;
        lock (_sync)
        {
            _left = true;
            sending = _sending;
            if (!sending.IsCompleted)
            {
                context.Abort();
            }
        }

        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// Waits until our close frame is out. A stream has no half that could be closed, so a client that erred and goes on sending is
    /// heard out until it pauses: else what it sends would reset the connection, and might destroy that frame on its way.
    /// </summary>
    private async Task PartAsync(bool clientGoesOn)
    {
        using var limit = new CancellationTokenSource(closeTimeout);
        await _saidClose.Task.WaitAsync(limit.Token);
        if (!clientGoesOn)
        {
            return;
        }

        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var buffer = ArrayPool<byte>.Shared.Rent(SkipBufferBytes);
        try
        {
            do
            {
                quiet.CancelAfter(Quiet);
            }
            while (await stream.ReadAsync(buffer, quiet.Token) > 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
