using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>The tokens of users, as an application makes them.</summary>
internal static class ChaosUsers
{
    /// <summary>What the gateways are configured with.</summary>
    public const string TokenSecret = "chaos-secret-of-32-characters-or-more";

    /// <summary>A token of this user, whose connections the server subscribes to these channels.</summary>
    public static string TokenOf(string user, params string[] channels)
    {
        var claims = JsonSerializer.SerializeToUtf8Bytes(new { sub = user, channels });
        var content = $"{Encode("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Encode(claims)}";
        return $"{content}.{Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(TokenSecret), Encoding.UTF8.GetBytes(content)))}";
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
