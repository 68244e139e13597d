using System.Text.Json.Serialization;

namespace WsCluster.Gateway.Admin;

/// <summary>How the page stands to the console.</summary>
internal sealed record SessionAnswer(string State, bool Embedded, string Cluster, string Version, string? Token, long? ExpireAt);

/// <summary>An attempt to sign in.</summary>
internal sealed class SignInBody
{
    public string? Password { get; set; }
}

/// <summary>The console's own JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SessionAnswer))]
[JsonSerializable(typeof(SignInBody))]
internal sealed partial class ConsoleJson : JsonSerializerContext;
