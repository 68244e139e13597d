using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace WsCluster.Samples.Pages;

/// <summary>Issues connection tokens: JWTs signed with HS256, as a backend of yours would after its own login.</summary>
public static class Token
{
    /// <summary>A token for this user that others see with this info.</summary>
    public static string Issue(string secret, string user, object? info, TimeSpan lifetime, params string[] channels)
    {
        var claims = new { sub = user, info, exp = DateTimeOffset.UtcNow.Add(lifetime).ToUnixTimeSeconds(), channels = channels.Length > 0 ? channels : null };
        var text = $"{Encode(new { alg = "HS256", typ = "JWT" })}.{Encode(claims)}";
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(text));
        return $"{text}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(object part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part, Omitting));

    private static readonly JsonSerializerOptions Omitting = new(JsonSerializerOptions.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };
}
