using System.Security.Cryptography;
using System.Text;

namespace WsCluster.Gateway.Transports;

/// <summary>What a WebSocket handshake is made of (RFC 6455 §4.2), whoever reads its head.</summary>
internal static class WebSocketHandshake
{
    private const int KeyLength = 24; // 16 bytes in base64

    private static ReadOnlySpan<byte> KeySuffix => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>True when a header's list has the token, in any case.</summary>
    public static bool HasToken(ReadOnlySpan<char> list, string token)
    {
        foreach (var range in list.Split(','))
        {
            if (list[range].Trim().Equals(token, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True for a key that a client may send.</summary>
    public static bool IsKey(string key)
    {
        Span<byte> decoded = stackalloc byte[KeyLength];
        return key.Length == KeyLength && Convert.TryFromBase64String(key, decoded, out var length) && length == 16;
    }

    /// <summary>The value of Sec-WebSocket-Accept (RFC 6455 §4.2.2) for such a key.</summary>
    public static string AcceptKey(string key)
    {
        Span<byte> input = stackalloc byte[KeyLength + KeySuffix.Length];
        Encoding.ASCII.GetBytes(key, input);
        KeySuffix.CopyTo(input[KeyLength..]);
#pragma warning disable CA5350 // RFC 6455 prescribes SHA-1, and nothing secret depends on it.
        return Convert.ToBase64String(SHA1.HashData(input));
#pragma warning restore CA5350
    }
}
