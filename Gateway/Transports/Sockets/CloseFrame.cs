using System.Buffers.Binary;
using System.Text;

namespace WsCluster.Gateway.Transports.Sockets;

/// <summary>A server's close frames (RFC 6455 §5.5.1).</summary>
internal static class CloseFrame
{
    private const byte FinalClose = 0x88;
    private const int MaxReasonBytes = 123;

    /// <summary>One with code and reason; a code that must not be sent gives an empty one.</summary>
    public static byte[] Create(int code, string reason)
    {
        if (code is < 1000 or 1004 or 1005 or 1006 or 1015)
        {
            return [FinalClose, 0];
        }

        var reasonBytes = Encoding.UTF8.GetBytes(reason);
        var length = Math.Min(reasonBytes.Length, MaxReasonBytes);
        var frame = new byte[4 + length];
        frame[0] = FinalClose;
        frame[1] = (byte)(2 + length);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)code);
        reasonBytes.AsSpan(0, length).CopyTo(frame.AsSpan(4));
        return frame;
    }
}
