using System.IO.Compression;

namespace WsCluster.Gateway.Transports.Deflate;

/// <summary>Compresses messages, each on its own (RFC 7692 §7.2.1).</summary>
internal static class MessageDeflater
{
    /// <summary>The first reserved bit of a frame: its message is compressed.</summary>
    public const byte Rsv1 = 0x40;

    /// <summary>Shorter messages are not worth compressing.</summary>
    public const int MinBytes = 200;

    private const int SyncMarkerBytes = 4; // 00 00 FF FF, which the receiver adds again

    /// <summary>A message's compressed bytes; false when they would not be fewer.</summary>
    public static bool TryDeflate(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> deflated)
    {
        using var compressed = new MemoryStream(message.Length);
        using var deflate = new DeflateStream(compressed, CompressionLevel.Fastest, leaveOpen: true);
        deflate.Write(message);
        deflate.Flush(); // ends with the marker; disposing adds more, which is not ours
        deflated = compressed.GetBuffer().AsSpan(0, (int)compressed.Length - SyncMarkerBytes);
        return deflated.Length < message.Length;
    }
}
