using System.Buffers.Binary;
using System.IO.Compression;

namespace WsCluster.Tests.Unit.Transports;

/// <summary>Frames as a client sends them.</summary>
internal static class ClientFrame
{
    /// <summary>The bit of a compressed message.</summary>
    public const byte Rsv1 = 0x40;

    private static readonly byte[] Mask = [0x12, 0x00, 0xFE, 0x7A];

    /// <summary>A masked frame; <paramref name="bits"/> are the opcode, and reserved bits if any.</summary>
    public static byte[] Of(byte bits, ReadOnlySpan<byte> payload, bool final = true)
    {
        byte[] head = payload.Length switch
        {
            < 126 => [(byte)(0x80 | payload.Length)],
            <= ushort.MaxValue => [0x80 | 126, 0, 0],
            _ => [0x80 | 127, 0, 0, 0, 0, 0, 0, 0, 0],
        };
        if (head.Length == 3)
        {
            BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(1), (ushort)payload.Length);
        }
        else if (head.Length == 9)
        {
            BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(1), payload.Length);
        }

        var masked = payload.ToArray();
        for (var i = 0; i < masked.Length; i++)
        {
            masked[i] ^= Mask[i % 4];
        }

        return [(byte)((final ? 0x80 : 0) | bits), .. head, .. Mask, .. masked];
    }

    /// <summary>A message's compressed bytes (RFC 7692 §7.2.1).</summary>
    public static byte[] Deflate(ReadOnlySpan<byte> message)
    {
        using var compressed = new MemoryStream();
        using var deflate = new DeflateStream(compressed, CompressionLevel.Optimal, leaveOpen: true);
        deflate.Write(message);
        deflate.Flush();
        return message.IsEmpty ? [0] : compressed.ToArray()[..^4];
    }

    /// <summary>The message of compressed bytes.</summary>
    public static byte[] Inflate(ReadOnlySpan<byte> deflated)
    {
        using var inflate = new DeflateStream(new MemoryStream([.. deflated, 0x00, 0x00, 0xFF, 0xFF]), CompressionMode.Decompress);
        using var message = new MemoryStream();
        inflate.CopyTo(message);
        return message.ToArray();
    }
}
