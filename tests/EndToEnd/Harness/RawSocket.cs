using System.Net.Sockets;
using System.Text;

namespace WsCluster.Tests.EndToEnd.Harness;

/// <summary>A TCP connection to a gateway, for peers that do not behave like a WebSocket library.</summary>
internal sealed class RawSocket : IDisposable
{
    private readonly Socket _socket;

    private RawSocket(Socket socket)
    {
        _socket = socket;
    }

    public static async Task<RawSocket> OpenAsync(GatewayProcess gateway)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveBufferSize = 4096, // the kernel keeps little for a peer that does not read
            ReceiveTimeout = (int)Patience.ForEvent.TotalMilliseconds,
        };
        await socket.ConnectAsync(gateway.Address.Host, gateway.Address.Port);
        return new RawSocket(socket);
    }

    /// <summary>A WebSocket connection that has sent these commands in one frame.</summary>
    public static async Task<RawSocket> ConnectAsync(GatewayProcess gateway, string commands)
    {
        var raw = await OpenAsync(gateway);
        raw.Send($"GET /connection/websocket HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 101 ", raw.ReadUntil("\r\n\r\n"), StringComparison.Ordinal);
        raw.Send(Frame(Encoding.UTF8.GetBytes(commands)));
        return raw;
    }

    /// <summary>A masked text frame, with a mask of zeros.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> payload)
    {
        Assert.InRange(payload.Length, 0, 65_535);
        byte[] head = payload.Length < 126
            ? [0x81, (byte)(0x80 | payload.Length), 0, 0, 0, 0]
            : [0x81, 0x80 | 126, (byte)(payload.Length >> 8), (byte)payload.Length, 0, 0, 0, 0];
        return [.. head, .. payload];
    }

    public void Send(string text) => Send(Encoding.ASCII.GetBytes(text));

    public void Send(byte[] bytes) => _socket.Send(bytes);

    /// <summary>Reads until the text ends so.</summary>
    public string ReadUntil(string end)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            if (_socket.Receive(one) == 0)
            {
                throw new InvalidOperationException($"The connection ended after: {text}");
            }

            text.Append((char)one[0]);
        }

        return text.ToString();
    }

    /// <summary>Reads to the end of the connection, which may be a reset.</summary>
    public string ReadToEnd()
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (_socket.Receive(buffer) is var count and > 0)
            {
                text.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
        }

        return text.ToString();
    }

    /// <summary>Goes away without a word: the peer gets a reset.</summary>
    public void Vanish()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();
}
