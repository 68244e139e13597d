using System.Security.Cryptography;
using System.Text;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>The tokens of users, as an application makes them.</summary>
internal static class ChaosUsers
{
    /// <summary>What the gateways are configured with.</summary>
    public const string TokenSecret = "chaos-secret-of-32-characters-or-more";

    /// <summary>A token of this user, whose connections the server subscribes to this channel.</summary>
    public static string TokenOf(string user, string channel)
    {
        var content = $"{Encode("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Encode(Encoding.UTF8.GetBytes($$"""{"sub":"{{user}}","channels":["{{channel}}"]}"""))}";
        return $"{content}.{Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(TokenSecret), Encoding.UTF8.GetBytes(content)))}";
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
