using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace WsCluster.Gateway.Routing;

/// <summary>Where this gateway listens, for people to read.</summary>
internal sealed class GatewayAddress(IServer server)
{
    /// <summary>Host name and port, such as "web-1_8000".</summary>
    public string Name =>
        Urls is [var first, ..] && Uri.TryCreate(first.Replace("*", "localhost", StringComparison.Ordinal).Replace("+", "localhost", StringComparison.Ordinal), UriKind.Absolute, out var url)
            ? $"{Environment.MachineName}_{url.Port}"
            : Environment.MachineName;

    /// <summary>The addresses that the server is bound to; empty before it started.</summary>
    public IReadOnlyList<string> Urls => [.. server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []];
}
