using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Limits;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Proxies;
using WsCluster.Gateway.Transports.Deflate;

namespace WsCluster.Gateway.Transports.Sockets;

/// <summary>
/// Takes WebSocket connections over before the HTTP server sees them: it looks at the first request of a new socket without
/// taking a byte off it, answers an upgrade for our path itself, and leaves everything else untouched. A taken connection keeps
/// neither <c>HttpContext</c> nor pipes, which are most of what an idle connection would cost.
/// </summary>
internal sealed class SocketTakeover(
    ConnectionHost host,
    HandshakeGate gate,
    DeflateGate deflate,
    DeadlineClock clock,
    WriterShards shards,
    IOptionsMonitor<GatewayOptions> options,
    IOptionsMonitor<ProxyOptions> proxy)
{
    /// <summary>Longest head of a handshake; the HTTP server, which has the same limit, refuses a longer one with 431.</summary>
    public const int MaxHeadBytes = 16 * 1024;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LastPause = TimeSpan.FromMilliseconds(64);
    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();

    /// <summary>
    /// Serves a new connection if it begins with an upgrade for our path. Otherwise it is false, and the connection is the HTTP
    /// server's: not a byte has been taken from it.
    /// </summary>
    /// <exception cref="Exception">One of those that <see cref="TransportEnd.Is"/> names: the client is gone.</exception>
    public async Task<bool> TryTakeAsync(Socket socket)
    {
        socket.Blocking = false;
        if (await PeekUpgradeAsync(socket) is not { } request)
        {
            socket.Blocking = true;
            return false;
        }

        try
        {
            await TakeAsync(socket, request);
            return true;
        }
        catch
        {
            request.Place.Dispose(); // it goes before it has begun
            throw;
        }
    }

    private async Task TakeAsync(Socket socket, UpgradeRequest request)
    {
        var gateway = options.CurrentValue;
        var query = QueryHelpers.ParseQuery(request.Query);
        var (protocol, subprotocol) = WebSocketProtocol.Negotiate(request.Subprotocols, Parameter);
        var extension = await deflate.AnswerAsync(request.Extensions, request.Authorization, Parameter(DeflateGate.TokenParameter));
        if (socket.Send(Answer(request, subprotocol, extension)) is 0)
        {
            throw new IOException("A new connection takes no byte.");
        }

        var transport = new SocketTransport(socket, gateway.CloseTimeout, deflates: extension is not null);
        var connection = new Connection(transport, ProtocolCodecs.For(protocol), gateway, clock, WebSocketProtocol.PingsOf(Parameter), shards.Next())
        {
            HttpHeaders = request.Headers ?? NoHeaders,
        };
        _ = ServeAsync(connection, transport, gateway.MaxMessageBytes, request.Place);

        StringValues Parameter(string name) => query.GetValueOrDefault(name);
    }

    private async Task ServeAsync(Connection connection, SocketTransport transport, int maxMessageBytes, AddressPlace place)
    {
        using (place)
        {
            await host.RunAsync(connection, transport.Name, process => transport.ReadAsync(connection, maxMessageBytes, process));
        }
    }

    /// <summary>
    /// The upgrade that the connection begins with, taken off it; null for everything that is the HTTP server's to answer. A head
    /// that comes in pieces is looked at a few times; one that still isn't whole then has time with the HTTP server.
    /// </summary>
    private async Task<UpgradeRequest?> PeekUpgradeAsync(Socket socket)
    {
        var deadline = new HeadDeadline(socket);
        clock.Schedule(deadline, clock.Now + options.CurrentValue.StaleTimeout);
        try
        {
            await socket.ReceiveAsync(Memory<byte>.Empty);
        }
        finally
        {
            deadline.IsOver = true;
        }

        for (var pause = FirstPause; ; pause *= 2)
        {
            if (TryPeek(socket, out var request))
            {
                return request;
            }

            if (pause > LastPause)
            {
                return null;
            }

            await clock.DelayAsync(pause);
        }
    }

    /// <summary>True when what came says whose the connection is.</summary>
    private bool TryPeek(Socket socket, out UpgradeRequest? request)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxHeadBytes);
        try
        {
            var length = socket.Receive(buffer, SocketFlags.Peek);
            if (length == 0)
            {
                throw new IOException("The client is gone.");
            }

            var isWhole = TryParse(new ReadOnlySequence<byte>(buffer, 0, length), out request, out var end) || length == buffer.Length;
            if (request is not null && (end > MaxHeadBytes || !IsOurs(socket, request)))
            {
                request = null;
            }

            if (request is not null)
            {
                socket.Receive(buffer, 0, end, SocketFlags.None);
            }

            return isWhole;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>True when nothing more has to be read to decide: a whole head, or bytes that are none.</summary>
    private bool TryParse(in ReadOnlySequence<byte> buffer, out UpgradeRequest? request, out int headBytes)
    {
        request = null;
        headBytes = 0;
        var method = "GET "u8;
        Span<byte> start = stackalloc byte[method.Length];
        var length = (int)Math.Min(start.Length, buffer.Length);
        buffer.Slice(0, length).CopyTo(start);
        if (!start[..length].SequenceEqual(method[..length]))
        {
            return true;
        }

        try
        {
            request = UpgradeRequest.TryParse(buffer, proxy.CurrentValue.HttpHeaders, out var end);
            headBytes = (int)buffer.GetOffset(end);
            return request is not null;
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            return true; // the HTTP server says what is wrong with it
        }
    }

    /// <summary>
    /// True for an upgrade that we answer ourselves. What must be refused goes the ordinary way.
    /// </summary>
    private bool IsOurs(Socket socket, UpgradeRequest request)
    {
        if (!request.IsWebSocketUpgrade || request.Path != WebSocketEndpoint.Path)
        {
            return false;
        }

        var answer = gate.Decide(request.Origins, request.Host, (socket.RemoteEndPoint as IPEndPoint)?.Address, request.ForwardedFor, out var place);
        request.Place = place;
        return answer == HandshakeAnswer.Taken;
    }

    private static byte[] Answer(UpgradeRequest request, string? subprotocol, string? extension)
    {
        var extensionHeader = extension is null ? "" : $"Sec-WebSocket-Extensions: {extension}\r\n";
        var protocolHeader = subprotocol is null ? "" : $"Sec-WebSocket-Protocol: {subprotocol}\r\n";
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {request.AcceptKey}\r\n{protocolHeader}{extensionHeader}\r\n");
    }

    /// <summary>A client that opens a connection and sends no request must not hold it for ever.</summary>
    private sealed class HeadDeadline(Socket socket) : IDeadline
    {
        public volatile bool IsOver;

        public DateTimeOffset? OnDeadline(DateTimeOffset now)
        {
            if (!IsOver)
            {
                socket.Dispose();
            }

            return null;
        }
    }
}
