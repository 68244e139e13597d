using System.CommandLine;

namespace WsCluster.Gateway.CommandLine;

/// <summary>The options by which commands find a running gateway.</summary>
internal sealed class GatewayTarget(CommandSettings settings)
{
    /// <summary>The gateway's address.</summary>
    public Option<string?> Url { get; } = new("--url") { Description = "The gateway. Default: the configured address, else http://localhost:8000.", HelpName = "address" };

    /// <summary>A key of its HTTP API.</summary>
    public Option<string?> ApiKey { get; } = new("--api-key", "-k")
    {
        Description = "A key of the HTTP API. Default: the configured one (WsCluster:Api:Keys). In embedded mode the gateway prints one at its start.",
        HelpName = "key",
    };

    /// <summary>A connection to the HTTP API.</summary>
    public ApiCaller OpenApi(ParseResult parsed) => new(
        parsed.GetValue(Url) is { } url ? Parse(url, "--url") : settings.InternalAddress,
        settings.ApiPrefix,
        parsed.GetValue(ApiKey) ?? settings.ApiKey);

    /// <summary>Where WebSockets connect.</summary>
    public Uri WebSocketAddress(ParseResult parsed)
    {
        var address = parsed.GetValue(Url) is { } url ? Parse(url, "--url") : settings.PublicAddress;
        var secure = address.Scheme is "https" or "wss";
        return new UriBuilder(address)
        {
            Scheme = secure ? "wss" : "ws",
            Path = address.AbsolutePath is "/" or "" ? Transports.WebSocketEndpoint.Path : address.AbsolutePath,
        }.Uri;
    }

    /// <summary>An address; a sentence that names its option when it is none.</summary>
    public static Uri Parse(string text, string option) =>
        Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}", UriKind.Absolute, out var address) && address.Scheme is "http" or "https" or "ws" or "wss"
            ? address
            : throw new CommandFailure($"{option} is '{text}', but must be an address such as http://localhost:8000.");
}
