using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Proxies;

namespace WsCluster.Gateway.Transports.Sockets;

/// <summary>
/// Takes WebSocket connections over before the HTTP server sees them: it looks at the first request of a new connection,
/// answers an upgrade for our path itself, and leaves everything else untouched. A taken connection keeps no
/// <c>HttpContext</c>, which is most of what an idle connection would cost.
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

    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();

    /// <summary>Serves a connection, or hands it on.</summary>
    public async Task OnConnectionAsync(ConnectionContext context, ConnectionDelegate http)
    {
        var socket = context.Features.Get<IConnectionSocketFeature>()?.Socket;
        UpgradeRequest? request = null;
        try
        {
            request = socket is null ? null : await ReadUpgradeAsync(context);
        }
        catch (Exception e) when (WebSocketReader.IsEnd(e))
        {
            return; // gone, or dropped by the deadline, before its request was whole: daily life, and nothing to log
        }

        if (request is null)
        {
            await http(context);
            return;
        }

        using var place = request.Place;

        var gateway = options.CurrentValue;
        var query = QueryHelpers.ParseQuery(request.Query);
        var (protocol, subprotocol) = WebSocketProtocol.Negotiate(request.Subprotocols, name => query.TryGetValue(name, out var value) ? value : default);
        var transport = new SocketTransport(context, socket!, gateway.CloseTimeout);
        var connection = new Connection(transport, ProtocolCodecs.For(protocol), gateway, clock, shard: shards.Next())
        {
            HttpHeaders = request.Headers ?? NoHeaders,
        };
        connection.Writer.Enqueue(OutboundMessage.FromFrame(Answer(request, subprotocol)));
        await host.RunAsync(connection, transport.Name, process => transport.ReadAsync(connection, gateway.MaxMessageBytes, process));
    }

    /// <summary>The upgrade that the connection begins with; null for everything that is the HTTP server's to answer.</summary>
    private async Task<UpgradeRequest?> ReadUpgradeAsync(ConnectionContext context)
    {
        var input = context.Transport.Input;
        var deadline = new HeadDeadline(context);
        clock.Schedule(deadline, clock.Now + options.CurrentValue.StaleTimeout);
        long examined = 0;
        try
        {
            while (true)
            {
                var result = await input.ReadAsync();
                var buffer = result.Buffer;
                var isWhole = TryParse(buffer, out var request, out var end);
                if (request is not null && buffer.Slice(0, end).Length <= MaxHeadBytes && IsOurs(context, request))
                {
                    input.AdvanceTo(end);
                    return request;
                }

                if (isWhole || result.IsCompleted || buffer.Length > MaxHeadBytes)
                {
                    // Nothing consumed, and no more examined than before: the HTTP server finds all bytes as if new.
                    input.AdvanceTo(buffer.Start, buffer.GetPosition(examined));
                    return null;
                }

                examined = buffer.Length;
                input.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        finally
        {
            deadline.IsOver = true;
        }
    }

    /// <summary>True when nothing more has to be read to decide: a whole head, or bytes that are none.</summary>
    private bool TryParse(in ReadOnlySequence<byte> buffer, out UpgradeRequest? request, out SequencePosition end)
    {
        request = null;
        end = buffer.Start;
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
            request = UpgradeRequest.TryParse(buffer, proxy.CurrentValue.HttpHeaders, out end);
            return request is not null;
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            return true; // the HTTP server says what is wrong with it
        }
    }

    /// <summary>
    /// True for an upgrade that we answer ourselves. What must be refused, native pings and compression, which the framework's
    /// WebSocket does, go the ordinary way.
    /// </summary>
    private bool IsOurs(ConnectionContext context, UpgradeRequest request)
    {
        if (!request.IsWebSocketUpgrade
            || request.Path != WebSocketEndpoint.Path
            || request.Query.Contains(WebSocketEndpoint.NativePings, StringComparison.Ordinal)
            || deflate.IsWanted(request.OffersDeflate, request.HasAuthorization, request.Query))
        {
            return false;
        }

        var answer = gate.Decide(request.Origins, request.Host, (context.RemoteEndPoint as IPEndPoint)?.Address, request.ForwardedFor, out var place);
        request.Place = place;
        return answer == HandshakeAnswer.Taken;
    }

    private static byte[] Answer(UpgradeRequest request, string? subprotocol)
    {
        var protocolHeader = subprotocol is null ? "" : $"Sec-WebSocket-Protocol: {subprotocol}\r\n";
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {request.AcceptKey}\r\n{protocolHeader}\r\n");
    }

    /// <summary>A client that opens a connection and sends no request must not hold it for ever.</summary>
    private sealed class HeadDeadline(ConnectionContext context) : IDeadline
    {
        public volatile bool IsOver;

        public DateTimeOffset? OnDeadline(DateTimeOffset now)
        {
            if (!IsOver)
            {
                context.Abort();
            }

            return null;
        }
    }
}
