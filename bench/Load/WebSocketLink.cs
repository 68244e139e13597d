using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace WsCluster.Load;

/// <summary>
/// A client's WebSocket straight on the socket: messages are read in place from one buffer, several of them for one
/// receive, and nothing is allocated for them. Sends wait for each other; one task reads.
/// </summary>
internal sealed class WebSocketLink : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly SemaphoreSlim _sending = new(1);
    private byte[] _buffer = new byte[8 * 1024];
    private int _start;
    private int _end;

    private WebSocketLink()
    {
    }

    private ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start.._end);

    /// <summary>Connects and upgrades. Throws <see cref="LoadException"/> when the server says no.</summary>
    public static async Task<WebSocketLink> OpenAsync(Uri url, CancellationToken cancellation)
    {
        var link = new WebSocketLink();
        try
        {
            await link._socket.ConnectAsync(url.Host, url.Port, cancellation);
            await link.UpgradeAsync(url, cancellation);
            return link;
        }
        catch (Exception e)
        {
            link.Dispose();
            if (e is SocketException socket)
            {
                throw new LoadException($"{url} cannot be reached: {socket.Message}");
            }

            throw;
        }
    }

    /// <summary>Sends bytes that are frames already.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> frames)
    {
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(frames);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Waits for more bytes; false at the end of the connection.</summary>
    public async ValueTask<bool> ReceiveAsync(CancellationToken cancellation = default)
    {
        if (_start > 0)
        {
            Unread.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end), cancellation);
        _end += read;
        return read > 0;
    }

    /// <summary>Takes the next whole frame from what was received. Its payload is valid until the next receive.</summary>
    public bool TryRead(out FrameKind kind, out ReadOnlySpan<byte> payload)
    {
        if (!Frame.TryRead(Unread, out kind, out payload, out var length))
        {
            return false;
        }

        _start += length;
        return true;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task UpgradeAsync(Uri url, CancellationToken cancellation)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var request = $"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n";
        await _socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellation);

        int end;
        while ((end = Unread.IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await ReceiveAsync(cancellation))
            {
                throw new LoadException($"{url} closed the connection instead of upgrading it.");
            }
        }

        var answer = Encoding.ASCII.GetString(Unread[..end]);
        if (!answer.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal))
        {
            throw new LoadException($"{url} did not upgrade to WebSocket but answered: {answer.Split('\r')[0]}");
        }

        _start += end + 4;
    }
}
