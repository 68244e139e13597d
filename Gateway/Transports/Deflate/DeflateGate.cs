using Microsoft.Extensions.Options;
using WsCluster.Gateway.Authentication;
using WsCluster.Gateway.Hosting;

namespace WsCluster.Gateway.Transports.Deflate;

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
    /// What the handshake's answer says of extensions; null when the client gets none. Without, the connection works all the same.
    /// </summary>
    /// <param name="extensions">The header Sec-WebSocket-Extensions.</param>
    /// <param name="authorization">The header Authorization.</param>
    /// <param name="token">The query parameter, where there is no such header.</param>
    public async ValueTask<string?> AnswerAsync(string extensions, string authorization, string? token) =>
        options.CurrentValue.Deflate && DeflateOffer.TryAccept(extensions, out var answer) && await IsKnownAsync(authorization, token) ? answer : null;

    private async ValueTask<bool> IsKnownAsync(string authorization, string? parameter)
    {
        var token = authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..].Trim() : parameter;
        return token is { Length: > 0 } && await tokens.VerifyConnectionAsync(token) is { Status: TokenStatus.Valid, Claims.User.Length: > 0 };
    }
}
