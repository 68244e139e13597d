using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace WsCluster.Tests.Hostile.Harness;

/// <summary>A connection to the gateway that sends whatever a case wants, and reads frames without believing anything.</summary>
internal sealed class Peer : IDisposable
{
    public const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    private readonly Socket? _socket; // none for a stream of HTTP/2
    private readonly Stream _stream;

    private Peer(Socket? socket, Stream stream)
    {
        _socket = socket;
        _stream = stream;
    }

    /// <summary>Opens the TCP connection and sends nothing.</summary>
    public static async Task<Peer> OpenAsync(HostileGateway gateway) => await OpenAsync(gateway.Address);

    /// <inheritdoc cref="OpenAsync(HostileGateway)"/>
    public static async Task<Peer> OpenAsync(Uri address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port);
        return new Peer(socket, new NetworkStream(socket, ownsSocket: true));
    }

    /// <summary>Opens a WebSocket; <paramref name="headers"/> are added to the handshake, each with its line end.</summary>
    public static Task<Peer> UpgradeAsync(HostileGateway gateway, string headers = "") => UpgradeAsync(gateway.Address, headers);

    /// <inheritdoc cref="UpgradeAsync(HostileGateway, string)"/>
    public static async Task<Peer> UpgradeAsync(HostileGateway gateway, Way way, string headers)
    {
        if (way is Way.Plain or Way.Framework)
        {
            return await UpgradeAsync(SocketAddress(gateway, way), headers);
        }

        var (peer, head) = await TryUpgradeAsync(gateway, way, headers);
        Assert.StartsWith(way == Way.Tls ? "HTTP/1.1 101 " : "HTTP/2.0 200 ", head, StringComparison.Ordinal);
        Assert.Equal(way == Way.Tls, head.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", StringComparison.Ordinal));
        Assert.DoesNotContain("Sec-WebSocket-Extensions", head, StringComparison.OrdinalIgnoreCase);
        return peer;
    }

    /// <inheritdoc cref="UpgradeAsync(HostileGateway, string)"/>
    public static async Task<Peer> UpgradeAsync(Uri address, string headers = "")
    {
        var (peer, head) = await TryUpgradeAsync(address, headers);
        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", head, StringComparison.Ordinal); // RFC 6455 §1.3
        Assert.DoesNotContain("Sec-WebSocket-Extensions", head, StringComparison.OrdinalIgnoreCase); // for nobody without a token
        return peer;
    }

    /// <summary>Asks for a WebSocket and returns the head of the answer, whatever it is.</summary>
    public static Task<(Peer Peer, string Head)> TryUpgradeAsync(HostileGateway gateway, string headers) => TryUpgradeAsync(gateway.Address, headers);

    /// <inheritdoc cref="TryUpgradeAsync(HostileGateway, string)"/>
    public static async Task<(Peer Peer, string Head)> TryUpgradeAsync(HostileGateway gateway, Way way, string headers)
    {
        if (way == Way.Http2)
        {
            return await TryConnectAsync(gateway, headers);
        }

        if (way is Way.Plain or Way.Framework)
        {
            return await TryUpgradeAsync(SocketAddress(gateway, way), headers);
        }

        var bare = await OpenAsync(gateway.Secure);
        var tls = new SslStream(bare._stream);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = gateway.Authority.Trusts });
        var peer = new Peer(bare._socket, tls);
        await peer.SendAsync(Handshake(gateway.Secure, headers));
        return (peer, await peer.ReadHeadAsync());
    }

    /// <inheritdoc cref="TryUpgradeAsync(HostileGateway, string)"/>
    public static async Task<(Peer Peer, string Head)> TryUpgradeAsync(Uri address, string headers)
    {
        var peer = await OpenAsync(address);
        await peer.SendAsync(Handshake(address, headers));
        return (peer, await peer.ReadHeadAsync());
    }

    /// <summary>Opens a WebSocket and connects without a token, in JSON.</summary>
    public static async Task<Peer> ConnectAsync(HostileGateway gateway, string headers = "", Way way = Way.Plain)
    {
        var peer = await UpgradeAsync(gateway, way, headers);
        await peer.CommandAsync(1, "\"connect\":{}");
        return peer;
    }

    /// <summary>A correct handshake.</summary>
    public static string Handshake(HostileGateway gateway, string headers = "") => Handshake(gateway.Address, headers);

    private static Uri SocketAddress(HostileGateway gateway, Way way) => way == Way.Framework ? gateway.FrameworkAddress : gateway.Address;

    private static string Handshake(Uri address, string headers) =>
        $"GET /connection/websocket HTTP/1.1\r\nHost: {address.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + $"Sec-WebSocket-Key: {Key}\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n";

    /// <summary>Opens a stream of HTTP/2 as a WebSocket; the answer's headers are written as HTTP/1.1's are.</summary>
    private static async Task<(Peer Peer, string Head)> TryConnectAsync(HostileGateway gateway, string headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Connect, new Uri(gateway.Secure, "/connection/websocket"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { Protocol = "websocket" },
        };
        foreach (var line in $"Sec-WebSocket-Version: 13\r\n{headers}".Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            request.Headers.TryAddWithoutValidation(line[..colon], line[(colon + 2)..]);
        }

        using var patience = new CancellationTokenSource(Patience.ForEvent);
        var response = await gateway.Http2.SendAsync(request, patience.Token);
        var stream = await response.Content.ReadAsStreamAsync(patience.Token);
        return (new Peer(null, stream), $"HTTP/{response.Version} {(int)response.StatusCode} \r\n{response.Headers.ToString().ReplaceLineEndings("\r\n")}");
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends as much as the gateway takes: one that has closed already is no failure of the case.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var patience = new CancellationTokenSource(Patience.ForEvent);
        try
        {
            await _stream.WriteAsync(bytes, patience.Token);
            await _stream.FlushAsync(patience.Token); // HTTP/2 waits for more otherwise
        }
        catch (IOException)
        {
        }
    }

    /// <summary>Sends a command and waits for its reply, which must be no error.</summary>
    public async Task CommandAsync(int id, string body)
    {
        await SendAsync(Frame.Text($$"""{"id":{{id}},{{body}}}"""));
        while (true)
        {
            var frame = await ReadMessageAsync();
            foreach (var line in frame.Text.Split('\n'))
            {
                if (line.StartsWith($"{{\"id\":{id},", StringComparison.Ordinal))
                {
                    Assert.DoesNotContain("\"error\"", line, StringComparison.Ordinal);
                    return;
                }
            }
        }
    }

    /// <summary>The next frame; null at the end of the connection.</summary>
    public async Task<ServerFrame?> ReadFrameAsync(TimeSpan? within = null)
    {
        var head = new byte[2];
        if (!await TryReadAsync(head, within))
        {
            return null;
        }

        Assert.True((head[1] & 0x80) == 0, "A server must not mask its frames (RFC 6455 §5.1).");
        long length = head[1] & 0x7F;
        if (length >= 126)
        {
            var extended = new byte[length == 126 ? 2 : 8];
            if (!await TryReadAsync(extended))
            {
                return null;
            }

            length = extended.Length == 2 ? BinaryPrimitives.ReadUInt16BigEndian(extended) : BinaryPrimitives.ReadInt64BigEndian(extended);
        }

        Assert.InRange(length, 0, 10_000_000);
        var payload = new byte[length];
        return await TryReadAsync(payload) ? new ServerFrame(head[0], payload) : null;
    }

    /// <summary>The next frame, which must be a message or a pong.</summary>
    public async Task<ServerFrame> ReadMessageAsync(TimeSpan? within = null)
    {
        var frame = await ReadFrameAsync(within);
        return frame is { Opcode: not Frame.CloseOpcode }
            ? frame
            : throw new InvalidOperationException($"The connection ended: {frame?.CloseCode} {(frame?.Payload.Length > 2 ? frame.Text[2..] : "")}");
    }

    /// <summary>Reads to the close frame and the end after it; returns its code, or null when the connection ended without one.</summary>
    public async Task<int?> ReadCloseAsync()
    {
        while (await ReadFrameAsync() is { } frame)
        {
            if (frame.Opcode == Frame.CloseOpcode)
            {
                if (_socket is null)
                {
                    return frame.CloseCode; // a stream of HTTP/2 is not half-closed by this client
                }

                if (_socket.Connected)
                {
                    try
                    {
                        _socket.Shutdown(SocketShutdown.Send);
                    }
                    catch (SocketException)
                    {
                        // The gateway was faster.
                    }
                }

                Assert.Null(await ReadFrameAsync()); // nothing may follow
                return frame.CloseCode;
            }
        }

        return null;
    }

    /// <summary>The head of an HTTP response; what came when the connection ended before.</summary>
    public async Task<string> ReadHeadAsync()
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await TryReadAsync(one))
        {
            text.Append((char)one[0]);
        }

        return text.ToString();
    }

    /// <summary>Everything up to the end of the connection.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (await TryReadAsync(one))
        {
            text.Append((char)one[0]);
        }

        return text.ToString();
    }

    public void Dispose() => _stream.Dispose();

    private async Task<bool> TryReadAsync(byte[] bytes, TimeSpan? within = null)
    {
        using var patience = new CancellationTokenSource(within ?? Patience.ForEvent);
        try
        {
            return await _stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, patience.Token) == bytes.Length;
        }
        catch (IOException)
        {
            return false; // a reset
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The gateway neither answered nor closed within {Patience.ForEvent}.");
        }
    }
}
