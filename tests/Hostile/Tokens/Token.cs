using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WsCluster.Tests.Hostile.Tokens;

/// <summary>Builds tokens, most of them forged.</summary>
internal static class Token
{
    /// <summary>Header and claims as they are, with whatever the signer makes of them.</summary>
    public static string Of(string header, string claims, Func<byte[], byte[]> sign)
    {
        var text = $"{Encode(header)}.{Encode(claims)}";
        return $"{text}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(text)))}";
    }

    public static string Hs256(string claims, string secret, string header = """{"alg":"HS256","typ":"JWT"}""") =>
        Of(header, claims, text => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), text));

    /// <summary>Claims of a user, with these members added.</summary>
    public static string Claims(params (string Name, JsonNode? Value)[] more)
    {
        var claims = new JsonObject { ["sub"] = "42" };
        foreach (var (name, value) in more)
        {
            claims[name] = value;
        }

        return claims.ToJsonString();
    }

    public static long Now(int seconds = 0) => DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds;

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    /// <summary>A public key as a JSON Web Key, for headers that want the verifier to use it.</summary>
    public static string Jwk(RSA key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return JsonSerializer.Serialize(new { kty = "RSA", n = Base64Url.EncodeToString(parameters.Modulus), e = Base64Url.EncodeToString(parameters.Exponent) });
    }
}
