using WsCluster.Gateway.Proxies;

namespace WsCluster.Gateway.Transports;

/// <summary>The headers of a request that the application is to get with its questions.</summary>
internal static class ProxyHeaders
{
    /// <summary>Those of the configured names that the request has.</summary>
    public static IReadOnlyDictionary<string, string> Read(HttpRequest request, ProxyOptions options) =>
        options.HttpHeaders
            .Where(name => request.Headers.ContainsKey(name))
            .ToDictionary(name => name, name => request.Headers[name].ToString(), StringComparer.OrdinalIgnoreCase);
}
