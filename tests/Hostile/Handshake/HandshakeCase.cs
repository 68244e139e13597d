namespace WsCluster.Tests.Hostile.Handshake;

/// <summary>The bytes of a request, with {host} for the gateway's own, and the statuses that may answer it; 0: none, the connection just ends.</summary>
internal sealed record HandshakeCase(string Request, params int[] Statuses)
{
    private const string Good =
        "Host: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

    /// <summary>A correct handshake with this changed and that added.</summary>
    public static HandshakeCase Changed(string from, string to, params int[] statuses) =>
        new($"GET /connection/websocket HTTP/1.1\r\n{Good.Replace(from, to, StringComparison.Ordinal)}\r\n", statuses);

    /// <summary>A correct handshake with more headers, each with its line end.</summary>
    public static HandshakeCase Added(string headers, params int[] statuses) =>
        new($"GET /connection/websocket HTTP/1.1\r\n{Good}{headers}\r\n", statuses);

    /// <summary>A correct handshake under another request line.</summary>
    public static HandshakeCase Line(string line, params int[] statuses) => new($"{line}\r\n{Good}\r\n", statuses);
}
