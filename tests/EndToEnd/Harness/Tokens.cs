using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace WsCluster.Tests.EndToEnd.Harness;

/// <summary>Issues tokens.</summary>
internal static class Tokens
{
    /// <summary>A token signed with the cluster's secret.</summary>
    public static string Hmac(object claims) =>
        Sign(new { alg = "HS256", typ = "JWT" }, claims, text => HMACSHA256.HashData(Encoding.UTF8.GetBytes(TestCluster.Secret), text));

    /// <summary>A token signed with an RSA key that is published under an id.</summary>
    public static string Rsa(object claims, RSA key, string kid) =>
        Sign(new { alg = "RS256", kid }, claims, text => key.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    /// <summary>A key set with these keys.</summary>
    public static string KeySet(params (string Kid, RSA Key)[] keys) => JsonSerializer.Serialize(new
    {
        keys = keys.Select(entry =>
        {
            var parameters = entry.Key.ExportParameters(includePrivateParameters: false);
            return new { kty = "RSA", use = "sig", kid = entry.Kid, n = Base64Url.EncodeToString(parameters.Modulus), e = Base64Url.EncodeToString(parameters.Exponent) };
        }),
    });

    /// <summary>Now, and some seconds more or less, as tokens have it.</summary>
    public static long Now(int seconds = 0) => DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds;

    private static string Sign(object header, object claims, Func<byte[], byte[]> sign)
    {
        var text = $"{Encode(header)}.{Encode(claims)}";
        return $"{text}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(text)))}";
    }

    private static string Encode(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
}
