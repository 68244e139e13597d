using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Transports.Streams;

/// <summary>
/// Frames as parts of one long HTTP response, each flushed at once. The end is told by a push, after which the response ends.
/// The server uses the request's objects again for others, so nothing may touch them after <see cref="LeaveAsync"/>.
/// </summary>
internal sealed class StreamTransport : ITransport, IDisposable
{
    private readonly HttpContext _context;
    private readonly StreamKind _kind;
    private readonly IProtocolCodec _codec;
    private readonly CancellationTokenSource _over;
    private readonly SemaphoreSlim _sending = new(1);
    private readonly Lock _sync = new();
    private bool _left; // guarded by _sync

    public StreamTransport(HttpContext context, StreamKind kind, IProtocolCodec codec)
    {
        _context = context;
        _kind = kind;
        _codec = codec;
        _over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        Over = _over.Token;
    }

    public string Name => _kind.Name;

    public bool SendsWebSocketFrames => false;

    /// <summary>Set when the client is gone or the last message is on its way.</summary>
    public CancellationToken Over { get; }

    /// <summary>Sends the head, so that the client knows that the stream is open.</summary>
    public async Task StartAsync()
    {
        var headers = _context.Response.Headers;
        headers.ContentType = (_kind.IsEvents, _codec.Kind) switch
        {
            (true, _) => "text/event-stream; charset=utf-8",
            (_, ProtocolKind.Json) => "application/json; charset=utf-8",
            _ => "application/octet-stream",
        };
        headers.CacheControl = "private, no-cache, no-store, must-revalidate, max-age=0";
        headers["X-Accel-Buffering"] = "no"; // nginx would collect what must go at once
        _context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseBodyFeature>()?.DisableBuffering();
        await _context.Response.StartAsync(Over);
        if (_kind.IsEvents)
        {
            await _context.Response.BodyWriter.WriteAsync("\r\n"u8.ToArray(), Over);
        }
        else
        {
            await _context.Response.BodyWriter.FlushAsync(Over);
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame)
    {
        await _sending.WaitAsync(Over);
        try
        {
            var output = _context.Response.BodyWriter;
            if (_kind.IsEvents)
            {
                StreamFraming.WriteEvents(output, frame.Span);
            }
            else
            {
                StreamFraming.WriteStream(output, frame.Span, _codec.Kind);
            }

            if ((await output.FlushAsync(Over)).IsCompleted)
            {
                throw new IOException("The client is gone.");
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    public async ValueTask CloseAsync(int code, string reason)
    {
        try
        {
            if (code != (int)DisconnectCode.ConnectionClosed && DisconnectPush.TryEncode(_codec, code, reason, out var push))
            {
                await SendAsync(push);
            }
        }
        catch (Exception e) when (TransportEnd.Is(e))
        {
            // The client is gone: nothing is left to tell it.
        }

        End();
    }

    public void Abort()
    {
        lock (_sync)
        {
            if (!_left)
            {
                _context.Abort();
            }
        }

        End();
    }

    /// <summary>Waits for a send that is under way and lets none begin: the request is over.</summary>
    public async Task LeaveAsync()
    {
        End();
        await _sending.WaitAsync(CancellationToken.None);
        lock (_sync)
        {
            _left = true;
        }
    }

    public void Dispose() => _over.Dispose();

    private void End()
    {
        try
        {
            _over.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Over for longer than somebody noticed.
        }
    }
}
