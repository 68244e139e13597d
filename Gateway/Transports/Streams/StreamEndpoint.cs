using System.Text;
using Microsoft.Extensions.Options;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Proxies;
using WsCluster.Gateway.Transports.Emulation;

namespace WsCluster.Gateway.Transports.Streams;

/// <summary>Opens connections whose downlink is a long HTTP response; all kinds of them.</summary>
internal sealed class StreamEndpoint(
    ConnectionHost host,
    HandshakeGate gate,
    EmulatedSessions sessions,
    CrossOrigin crossOrigin,
    DeadlineClock clock,
    WriterShards shards,
    GatewayMetrics metrics,
    IOptionsMonitor<GatewayOptions> gatewayOptions,
    IOptionsMonitor<TransportOptions> options,
    IOptionsMonitor<ProxyOptions> proxy)
{
    /// <summary>The query parameter in which EventSource, which cannot send a body, brings the first frame.</summary>
    public const string ConnectParameter = "cf_connect";

    private int _open;

    /// <summary>Serves one request from its connect command to the end of its connection.</summary>
    public async Task HandleAsync(HttpContext context, StreamKind kind)
    {
        if (!crossOrigin.Admits(context, kind.Methods))
        {
            return;
        }

        var answer = gate.Decide(context, out var taken);
        using var place = taken;
        if (Interlocked.Increment(ref _open) > options.CurrentValue.MaxStreams)
        {
            answer = HandshakeAnswer.Full;
        }

        if (answer == HandshakeAnswer.Taken)
        {
            await OpenAsync(context, kind);
        }
        else
        {
            metrics.ConnectionRefused(answer.Reason());
            context.Response.StatusCode = answer.Status();
        }

        Interlocked.Decrement(ref _open);
    }

    private async Task OpenAsync(HttpContext context, StreamKind kind)
    {
        var gateway = gatewayOptions.CurrentValue;
        if (await ReadConnectAsync(context, kind, gateway.MaxMessageBytes) is not { } first)
        {
            return;
        }

        var protocol = !kind.IsEvents && RequestBody.IsProtobuf(context.Request) ? ProtocolKind.Protobuf : ProtocolKind.Json;
        var codec = kind.IsUnidirectional ? ProtocolCodecs.UnidirectionalFor(protocol) : ProtocolCodecs.For(protocol);
        using var transport = new StreamTransport(context, kind, codec);
        using var session = sessions.Open(takesFrames: !kind.IsUnidirectional);
        var connection = new Connection(transport, codec, gateway, clock, shard: shards.Next())
        {
            Session = session.Id,
            Node = kind.IsUnidirectional ? "" : sessions.Node,
            HttpHeaders = ProxyHeaders.Read(context.Request, proxy.CurrentValue),
        };
        metrics.StreamOpened();
        await host.RunAsync(connection, kind.Name, async process =>
        {
            try
            {
                await transport.StartAsync();
                await process(first);
                await session.RunAsync(process, transport.Over);
            }
            catch (Exception e) when (TransportEnd.Is(e))
            {
                // The client is gone, which is how most streams end.
            }
            finally
            {
                await transport.LeaveAsync();
            }
        });
        metrics.StreamEnded();
    }

    /// <summary>The first frame; null when there is none to be had and the response is finished.</summary>
    private static async Task<byte[]?> ReadConnectAsync(HttpContext context, StreamKind kind, int maxBytes)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            return await RequestBody.ReadAsync(context, maxBytes);
        }

        var connect = context.Request.Query[ConnectParameter].ToString();
        if (connect.Length == 0 && !kind.IsUnidirectional)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return null;
        }

        var frame = Encoding.UTF8.GetBytes(connect);
        if (frame.Length > maxBytes)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return null;
        }

        return frame;
    }
}
