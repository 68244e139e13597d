using Microsoft.Extensions.Options;
using WsCluster.Gateway.Authentication;
using WsCluster.Gateway.Hosting;

namespace WsCluster.Gateway.Transports;

/// <summary>
/// Decides who gets permessage-deflate (RFC 7692). A message that is small on the wire and large in memory is a weapon, so it is
/// for those alone who have shown a valid token with the handshake itself: nothing of anybody else is ever inflated.
/// </summary>
internal sealed class DeflateGate(ITokenVerifier tokens, IOptionsMonitor<GatewayOptions> options)
{
    /// <summary>The query parameter with the token, for browsers, which cannot set headers.</summary>
    public const string TokenParameter = "cf_token";

    private const string Scheme = "Bearer ";

    /// <summary>
    /// True for a handshake that may get it. Such a connection is the HTTP server's: its WebSocket compresses, and takes the
    /// memory for it.
    /// </summary>
    public bool IsWanted(bool isOffered, bool hasAuthorization, string query) =>
        isOffered && options.CurrentValue.Deflate && (hasAuthorization || query.Contains(TokenParameter + "=", StringComparison.Ordinal));

    /// <summary>True when the handshake gets it. Without, the connection works all the same.</summary>
    public async ValueTask<bool> AllowsAsync(HttpRequest request)
    {
        if (!options.CurrentValue.Deflate || request.Headers.SecWebSocketExtensions.Count == 0 || TokenOf(request) is not { Length: > 0 } token)
        {
            return false;
        }

        return await tokens.VerifyConnectionAsync(token) is { Status: TokenStatus.Valid, Claims.User.Length: > 0 };
    }

    private static string? TokenOf(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..].Trim() : request.Query[TokenParameter];
    }
}
