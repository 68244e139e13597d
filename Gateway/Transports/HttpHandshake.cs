using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using WsCluster.Gateway.Limits;

namespace WsCluster.Gateway.Transports;

/// <summary>
/// WebSocket handshakes that come through the HTTP server: upgrades of HTTP/1.1 (RFC 6455 §4.2), and HTTP/2's extended CONNECT
/// (RFC 8441), which has no key and is answered by 200.
/// </summary>
internal sealed class HttpHandshake(HandshakeGate gate, GatewayMetrics metrics)
{
    private const string Protocol = "websocket";

    /// <summary>
    /// True for a handshake that may open; <paramref name="place"/> must be disposed of when its connection ends. Otherwise the status
    /// of the answer is set.
    /// </summary>
    public bool Admits(HttpContext context, out AddressPlace place)
    {
        if (!IsHandshake(context))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            place = default;
            return false;
        }

        var answer = gate.Decide(context, out place);
        if (answer != HandshakeAnswer.Taken)
        {
            metrics.ConnectionRefused(answer.Reason());
            context.Response.StatusCode = answer.Status();
        }

        return answer == HandshakeAnswer.Taken;
    }

    /// <summary>Says the rest to one that was not admitted.</summary>
    public static Task RefuseAsync(HttpResponse response) =>
        response.StatusCode == StatusCodes.Status400BadRequest ? response.WriteAsync("This address speaks WebSocket only.") : Task.CompletedTask;

    /// <summary>The subprotocols that the client offers, in its order.</summary>
    public static string[] SubprotocolsOf(HttpRequest request) =>
        request.Headers.SecWebSocketProtocol.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Answers one that was admitted. What the stream brings and takes are frames.</summary>
    public static async Task<Stream> AcceptAsync(HttpContext context, string? subprotocol, string? extensions)
    {
        LiftDataRates(context.Features);
        var headers = context.Response.Headers;
        if (subprotocol is not null)
        {
            headers.SecWebSocketProtocol = subprotocol; // never null: HTTP/2 sends no header behind one without a value
        }

        if (extensions is not null)
        {
            headers.SecWebSocketExtensions = extensions;
        }

        if (ExtendedConnect(context) is { } connect)
        {
            return await connect.AcceptAsync();
        }

        headers.Upgrade = Protocol;
        headers.SecWebSocketAccept = WebSocketHandshake.AcceptKey(context.Request.Headers.SecWebSocketKey.ToString());
        return await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }

    private static bool IsHandshake(HttpContext context)
    {
        var request = context.Request;
        var headers = request.Headers;
        if (headers.SecWebSocketVersion is not ["13"])
        {
            return false;
        }

        return HttpProtocol.IsHttp11(request.Protocol)
            ? request.Method == "GET"
                && context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
                && WebSocketHandshake.HasToken(headers.Upgrade.ToString(), Protocol)
                && WebSocketHandshake.HasToken(headers.Connection.ToString(), "upgrade")
                && headers.SecWebSocketKey is [{ } key] && WebSocketHandshake.IsKey(key)
            : HttpProtocol.IsHttp2(request.Protocol) && ExtendedConnect(context) is not null;
    }

    private static IHttpExtendedConnectFeature? ExtendedConnect(HttpContext context) =>
        context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect && Protocol.Equals(connect.Protocol, StringComparison.OrdinalIgnoreCase)
            ? connect
            : null;

    /// <summary>A client that says nothing is no slow upload, and one that reads nothing ends by the limit of its own queue.</summary>
    private static void LiftDataRates(IFeatureCollection features)
    {
        if (features.Get<IHttpMinRequestBodyDataRateFeature>() is { } upload)
        {
            upload.MinDataRate = null;
        }

        if (features.Get<IHttpMinResponseDataRateFeature>() is { } download)
        {
            download.MinDataRate = null;
        }
    }
}
