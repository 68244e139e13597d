using System.Buffers.Binary;
using System.Text;

namespace WsCluster.Tests.Hostile.Harness;

/// <summary>A WebSocket frame that came from the gateway.</summary>
internal sealed record ServerFrame(byte FirstByte, byte[] Payload)
{
    public int Opcode => FirstByte & 0x0F;

    /// <summary>True when the first reserved bit is set (RFC 7692 §6).</summary>
    public bool IsCompressed => (FirstByte & 0x40) != 0;

    public string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>A close frame's code; 1005 when it has none (RFC 6455 §7.1.5).</summary>
    public int CloseCode => Payload.Length < 2 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(Payload);
}
