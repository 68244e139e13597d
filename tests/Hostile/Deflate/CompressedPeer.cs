using System.IO.Compression;
using System.Text;
using WsCluster.Tests.Hostile.Harness;
using WsCluster.Tests.Hostile.Tokens;

namespace WsCluster.Tests.Hostile.Deflate;

/// <summary>A peer that was given permessage-deflate, with the compression done by hand (RFC 7692 §7.2).</summary>
internal static class CompressedPeer
{
    /// <summary>The first reserved bit: the message is compressed.</summary>
    public const int Rsv1 = 4;

    private const string Offer = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover\r\n";

    /// <summary>The handshake's headers that get it.</summary>
    public static string Headers(HostileGateway gateway, string? offer = null) =>
        $"{offer ?? Offer}Authorization: Bearer {Token.Hs256(Token.Claims(("exp", Token.Now(300))), gateway.HmacSecret)}\r\n";

    /// <summary>Opens a WebSocket with it and sends nothing yet.</summary>
    public static async Task<Peer> UpgradeAsync(HostileGateway gateway, Way way = Way.Plain)
    {
        var (peer, head) = await Peer.TryUpgradeAsync(gateway, way, Headers(gateway));
        Assert.Contains("Sec-WebSocket-Extensions: permessage-deflate", head, StringComparison.OrdinalIgnoreCase);
        return peer;
    }

    /// <summary>Opens one and connects, with a compressed command.</summary>
    public static async Task<Peer> ConnectAsync(HostileGateway gateway, Way way = Way.Plain)
    {
        var peer = await UpgradeAsync(gateway, way);
        await peer.SendAsync(Message("{\"id\":1,\"connect\":{}}"u8));
        Assert.StartsWith("{\"id\":1,\"connect\":", Inflate(await peer.ReadMessageAsync()), StringComparison.Ordinal);
        return peer;
    }

    /// <summary>A compressed text message in one frame.</summary>
    public static byte[] Message(ReadOnlySpan<byte> text) => Frame.Of(Frame.TextOpcode, Compress(text), rsv: Rsv1);

    /// <summary>A message's compressed bytes: a sync flush without its last four.</summary>
    public static byte[] Compress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return [0]; // RFC 7692 §7.2.3.6
        }

        using var compressed = new MemoryStream();
        using (var deflate = new DeflateStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            deflate.Write(bytes);
            deflate.Flush();
            return compressed.ToArray()[..^4];
        }
    }

    /// <summary>The text of a frame, compressed or not.</summary>
    public static string Inflate(ServerFrame frame)
    {
        if (!frame.IsCompressed)
        {
            return frame.Text;
        }

        using var compressed = new MemoryStream([.. frame.Payload, 0x00, 0x00, 0xFF, 0xFF]);
        using var inflate = new DeflateStream(compressed, CompressionMode.Decompress);
        using var text = new StreamReader(inflate, Encoding.UTF8);
        return text.ReadToEnd();
    }
}
