using System.Buffers.Binary;
using System.Text;

namespace WsCluster.Tests.Hostile.Harness;

/// <summary>Builds frames of a client, right and wrong (RFC 6455 §5.2).</summary>
internal static class Frame
{
    public const int ContinuationOpcode = 0;
    public const int TextOpcode = 1;
    public const int BinaryOpcode = 2;
    public const int CloseOpcode = 8;
    public const int PingOpcode = 9;
    public const int PongOpcode = 10;

    private static readonly byte[] DefaultMask = [0x37, 0xFA, 0x21, 0x3D];

    /// <summary>A frame; <paramref name="lengthBytes"/> 0, 2 or 8 sets how its length is written, null takes the shortest way.</summary>
    public static byte[] Of(
        int opcode, ReadOnlySpan<byte> payload, bool final = true, int rsv = 0, byte[]? mask = null, bool masked = true, int? lengthBytes = null, ulong? claim = null)
    {
        mask ??= DefaultMask;
        var length = claim ?? (ulong)payload.Length;
        var width = lengthBytes ?? (length < 126 ? 0 : length <= ushort.MaxValue ? 2 : 8);
        var head = new byte[2 + width + (masked ? 4 : 0)];
        head[0] = (byte)((final ? 0x80 : 0) | (rsv << 4) | opcode);
        head[1] = (byte)((masked ? 0x80 : 0) | (width == 0 ? (int)length : width == 2 ? 126 : 127));
        if (width == 2)
        {
            BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(2), (ushort)length);
        }
        else if (width == 8)
        {
            BinaryPrimitives.WriteUInt64BigEndian(head.AsSpan(2), length);
        }

        var frame = new byte[head.Length + payload.Length];
        head.CopyTo(frame, 0);
        payload.CopyTo(frame.AsSpan(head.Length));
        if (masked)
        {
            mask.CopyTo(frame, 2 + width);
            for (var i = 0; i < payload.Length; i++)
            {
                frame[head.Length + i] ^= mask[i % 4];
            }
        }

        return frame;
    }

    public static byte[] Text(string text) => Of(TextOpcode, Encoding.UTF8.GetBytes(text));

    public static byte[] Close(int code, string reason = "") => Of(CloseOpcode, ClosePayload(code, Encoding.UTF8.GetBytes(reason)));

    public static byte[] ClosePayload(int code, byte[] reason) => [(byte)(code >> 8), (byte)code, .. reason];

    /// <summary>A publish command with this data, as the bytes of its JSON; its reply has the id 2.</summary>
    public static byte[] Publish(ReadOnlySpan<byte> data) =>
        [.. "{\"id\":2,\"publish\":{\"channel\":\"hostile\",\"data\":\""u8, .. data, .. "\"}}"u8];

    /// <summary>A publish command of exactly so many bytes.</summary>
    public static byte[] PublishOf(int bytes) => Publish(new byte[bytes - Publish([]).Length].Select(_ => (byte)'x').ToArray());
}
