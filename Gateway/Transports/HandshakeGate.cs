using System.Net;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Limits;

namespace WsCluster.Gateway.Transports;

/// <summary>
/// Decides whether a new connection may open; the one place for every transport: the page's origin, the gateway's own room,
/// then the limits of the client's address.
/// </summary>
internal sealed class HandshakeGate(ConnectionHost host, OriginPolicy origins, ClientAddresses addresses, AddressLimits limits)
{
    /// <summary>
    /// Decides on a handshake. When it is taken, <paramref name="place"/> must be disposed of once when its connection ends; a
    /// refused one may be asked about again and counts for nothing.
    /// </summary>
    public HandshakeAnswer Decide(IReadOnlyList<string> origin, string hostHeader, IPAddress? peer, string forwardedFor, out AddressPlace place)
    {
        place = default;
        if (!origins.Allows(origin, hostHeader))
        {
            return HandshakeAnswer.ForeignOrigin;
        }

        if (!host.TakesConnections)
        {
            return HandshakeAnswer.Full;
        }

        return limits.TryEnter(addresses.Of(peer, forwardedFor), out place) switch
        {
            AddressRefusal.TooFast => HandshakeAnswer.TooFast,
            AddressRefusal.TooMany => HandshakeAnswer.TooMany,
            _ => HandshakeAnswer.Taken,
        };
    }

    /// <inheritdoc cref="Decide(IReadOnlyList{string}, string, IPAddress?, string, out AddressPlace)"/>
    public HandshakeAnswer Decide(HttpContext context, out AddressPlace place) => Decide(
        context.Request.Headers.Origin.ToArray()!,
        context.Request.Host.Value ?? "",
        context.Connection.RemoteIpAddress,
        context.Request.Headers["X-Forwarded-For"].ToString(),
        out place);
}
