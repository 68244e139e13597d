using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace WsCluster.Gateway.Limits;

/// <summary>Whom an address stands for: an IPv4 address, or the /64 network of an IPv6 address, which one subscriber has whole.</summary>
/// <param name="Bits">The IPv4 address, or the upper half of the IPv6 address.</param>
/// <param name="IsV6">Which of the two it is.</param>
internal readonly record struct AddressKey(ulong Bits, bool IsV6)
{
    /// <summary>The key of an address; IPv4 inside IPv6 counts as IPv4.</summary>
    public static AddressKey Of(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Span<byte> bytes = stackalloc byte[16];
        plain.TryWriteBytes(bytes, out _);
        return plain.AddressFamily == AddressFamily.InterNetwork
            ? new AddressKey(BinaryPrimitives.ReadUInt32BigEndian(bytes), IsV6: false)
            : new AddressKey(BinaryPrimitives.ReadUInt64BigEndian(bytes), IsV6: true);
    }
}
