using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using WsCluster.Gateway.Hosting;

namespace WsCluster.Gateway.Routing;

/// <summary>Where this gateway listens, for people to read.</summary>
internal sealed class GatewayAddress(IServer server, IOptions<GatewayOptions> options)
{
    /// <summary>Its configured id, or host name and port, such as "web-1_8000".</summary>
    public string Name =>
        options.Value.Id is { Length: > 0 } id ? id
        : Urls is [var first, ..] && Uri.TryCreate(first.Replace("*", "localhost", StringComparison.Ordinal).Replace("+", "localhost", StringComparison.Ordinal), UriKind.Absolute, out var url)
        ? $"{Environment.MachineName}_{url.Port}"
        : Environment.MachineName;

    /// <summary>The addresses that the server is bound to; empty before it started.</summary>
    public IReadOnlyList<string> Urls => [.. server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []];
}
