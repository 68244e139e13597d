using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;

namespace WsCluster.Gateway.CommandLine;

/// <summary>Signs JSON Web Tokens with one key.</summary>
/// <param name="algorithm">The name of its algorithm.</param>
/// <param name="sign">Signs bytes.</param>
/// <param name="key">What to dispose with it.</param>
internal sealed class TokenSigner(string algorithm, Func<byte[], byte[]> sign, IDisposable? key = null) : IDisposable
{
    /// <summary>The token with these claims.</summary>
    public string Sign(JsonObject claims)
    {
        var header = new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT" };
        var signed = $"{Encode(header)}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    public void Dispose() => key?.Dispose();

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));
}
