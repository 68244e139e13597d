using System.Buffers;
using System.Net;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using WsCluster.Gateway.Hosting;

namespace WsCluster.Gateway.Transports;

/// <summary>
/// Which web pages may connect (protocol §1.1): browsers send the page's origin and let any page open a WebSocket, so the
/// server has to say no. Other clients send none and are allowed.
/// </summary>
internal sealed class OriginPolicy(IOptionsMonitor<GatewayOptions> options)
{
    private static readonly SearchValues<char> NeverInOrigins = SearchValues.Create("/\\@?#, ");

    /// <summary>True when the request comes from no page or from an allowed one.</summary>
    public bool Allows(HttpRequest request)
    {
        StringValues header = request.Headers.Origin;
        return Allows(header.ToArray()!, request.Host.Value ?? "");
    }

    /// <inheritdoc cref="Allows(HttpRequest)"/>
    public bool Allows(IReadOnlyList<string> header, string host)
    {
        if (header.Count == 0)
        {
            return true;
        }

        if (header.Count > 1 || !IsOrigin(header[0]))
        {
            return false; // "null" (sandboxed pages) and anything odd
        }

        var allowed = options.CurrentValue.AllowedOrigins;
        return allowed.Count == 0
            ? IsOwn(header[0], host)
            : allowed.Any(pattern => Matches(pattern, header[0])) || (IsOwn(header[0], host) && IsNoName(host));
    }

    /// <summary>True for scheme, host and port and nothing else (RFC 6454 §6.1): no user, path, query or second origin.</summary>
    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out _)
        && text.IndexOf("://", StringComparison.Ordinal) is var colon and > 0
        && !text.AsSpan(colon + 3).ContainsAny(NeverInOrigins);

    /// <summary>True for pages of the gateway's own host and port; whether over TLS is not known behind a proxy.</summary>
    private static bool IsOwn(string origin, string host) =>
        origin.Equals($"http://{host}", StringComparison.OrdinalIgnoreCase) || origin.Equals($"https://{host}", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// True for an address or localhost. A page that came from there, and connects there, is the gateway's own, such as the console: no
    /// name stands between that somebody could have pointed here.
    /// </summary>
    private static bool IsNoName(string host) =>
        new HostString(host).Host is var name && (name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(name.Trim('[', ']'), out _));

    /// <summary>
    /// Compares an origin with a pattern: exact, "*" for all, or one "*" that stands for a part of the host without "/",
    /// such as "https://*.example.com".
    /// </summary>
    internal static bool Matches(string pattern, string origin)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        if (star < 0 || pattern == "*")
        {
            return pattern == "*" || pattern.Equals(origin, StringComparison.OrdinalIgnoreCase);
        }

        var (prefix, suffix) = (pattern[..star], pattern[(star + 1)..]);
        return origin.Length > prefix.Length + suffix.Length
            && origin.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            && origin.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
            && !origin.AsSpan(prefix.Length, origin.Length - prefix.Length - suffix.Length).ContainsAny('/', '@', ':');
    }
}
