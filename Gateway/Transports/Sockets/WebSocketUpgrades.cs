using System.Buffers;
using System.Net;
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
/// Reads the upgrade that a new connection begins with, answers it and serves the connection, whoever reads and writes its socket. A
/// taken connection keeps neither <c>HttpContext</c> nor pipes, which are most of what an idle connection would cost.
/// </summary>
internal sealed class WebSocketUpgrades(
    ConnectionHost host,
    HandshakeGate gate,
    DeflateGate deflate,
    DeadlineClock clock,
    IOptionsMonitor<GatewayOptions> options,
    IOptionsMonitor<ProxyOptions> proxy)
{
    /// <summary>Longest head of a handshake; the HTTP server, which has the same limit, refuses a longer one with 431.</summary>
    public const int MaxHeadBytes = 16 * 1024;

    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();

    /// <summary>The connections' clock.</summary>
    public DeadlineClock Clock => clock;

    /// <summary>Time in which a new connection must bring its request.</summary>
    public TimeSpan HeadTimeout => options.CurrentValue.StaleTimeout;

    /// <summary>Time that a closing connection waits for its client.</summary>
    public TimeSpan CloseTimeout => options.CurrentValue.CloseTimeout;

    /// <summary>
    /// Reads a request as far as it came. True when it says whose the connection is: ours if there is a
    /// <paramref name="request"/>, whose <see cref="UpgradeRequest.Place"/> is taken then, else the HTTP server's.
    /// </summary>
    /// <param name="bytes">What came, not taken off the socket yet.</param>
    /// <param name="isFull">True when no more of it can be looked at.</param>
    /// <param name="peer">The client's address.</param>
    /// <param name="request">The upgrade.</param>
    /// <param name="end">Where it ends in the bytes.</param>
    public bool TryRead(in ReadOnlySequence<byte> bytes, bool isFull, IPAddress? peer, out UpgradeRequest? request, out int end)
    {
        var isWhole = TryParse(bytes, out request, out end) || isFull;
        if (request is not null && (end > MaxHeadBytes || !IsOurs(peer, request)))
        {
            request = null;
        }

        return isWhole;
    }

    /// <summary>What an upgrade of ours is answered.</summary>
    public async ValueTask<UpgradeAnswer> AnswerAsync(UpgradeRequest request)
    {
        var query = QueryHelpers.ParseQuery(request.Query);
        var (protocol, subprotocol) = WebSocketProtocol.Negotiate(request.Subprotocols, Parameter);
        var extension = await deflate.AnswerAsync(request.Extensions, request.Authorization, Parameter(DeflateGate.TokenParameter));
        return new UpgradeAnswer(Answer(request, subprotocol, extension), protocol, extension, WebSocketProtocol.PingsOf(Parameter));

        StringValues Parameter(string name) => query.GetValueOrDefault(name);
    }

    /// <summary>Serves a connection that was answered, until it is over.</summary>
    public void Serve(IReadableTransport transport, UpgradeRequest request, UpgradeAnswer answer, WriterShard shard)
    {
        var gateway = options.CurrentValue;
        var connection = new Connection(transport, ProtocolCodecs.For(answer.Protocol), gateway, clock, answer.Pings, shard)
        {
            HttpHeaders = request.Headers ?? NoHeaders,
        };
        _ = ServeAsync(connection, transport, gateway.MaxMessageBytes, request.Place);
    }

    private async Task ServeAsync(Connection connection, IReadableTransport transport, int maxMessageBytes, AddressPlace place)
    {
        using (place)
        {
            await host.RunAsync(connection, transport.Name, process => transport.ReadAsync(connection, maxMessageBytes, process));
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

    /// <summary>True for an upgrade that we answer ourselves. What must be refused goes the ordinary way.</summary>
    private bool IsOurs(IPAddress? peer, UpgradeRequest request)
    {
        if (!request.IsWebSocketUpgrade || request.Path != WebSocketEndpoint.Path)
        {
            return false;
        }

        var answer = gate.Decide(request.Origins, request.Host, peer, request.ForwardedFor, out var place);
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
}
