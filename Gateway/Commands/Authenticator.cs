using Microsoft.Extensions.Options;
using WsCluster.Gateway.Authentication;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Commands;

/// <summary>Who a connecting client is, or why it may not connect.</summary>
/// <param name="Refusal">Why it may not; the rest is then empty.</param>
/// <param name="Identity">Who it is.</param>
/// <param name="Channels">The channels its token subscribes it to.</param>
internal readonly record struct AuthenticationResult(
    Refusal Refusal, ClientIdentity? Identity, IReadOnlyDictionary<string, SubscribeOptions> Channels);

/// <summary>Finds out who a connecting client is (protocol §6, point 3).</summary>
internal sealed class Authenticator(ITokenVerifier tokens, IOptionsMonitor<GatewayOptions> options, TimeProvider time)
{
    private const int MaxNameLength = 16;
    private const int MaxVersionLength = 64;

    private static readonly IReadOnlyDictionary<string, SubscribeOptions> NoChannels = new Dictionary<string, SubscribeOptions>();

    /// <summary>The client's identity and the channels its token subscribes it to, or why it may not connect.</summary>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(ConnectRequest request)
    {
        var insecure = options.CurrentValue.Insecure;
        if (request.Token.Length == 0)
        {
            if (!options.CurrentValue.AllowAnonymous && !insecure)
            {
                return Refused(DisconnectCode.BadRequest);
            }

            return new AuthenticationResult(Refusal.None, Named(new ClientIdentity { User = "" }, request), NoChannels);
        }

        var (status, token) = await tokens.VerifyConnectionAsync(request.Token);
        if (token is null)
        {
            return Refused(DisconnectCode.InvalidToken);
        }

        if (status == TokenStatus.Expired && !insecure)
        {
            return Refused(ErrorCode.TokenExpired);
        }

        if (token.User.Length == 0 && !options.CurrentValue.AllowAnonymous && !insecure)
        {
            return Refused(DisconnectCode.PermissionDenied);
        }

        var expireAt = insecure ? null : token.ExpireAt;
        if (expireAt <= time.GetUtcNow())
        {
            return Refused(ErrorCode.Expired);
        }

        var identity = Named(
            new ClientIdentity
            {
                User = token.User,
                Info = token.Info,
                ExpireAt = expireAt,
                ClientSideRefresh = true,
                TokenChannels = [.. token.Subs.Keys],
            },
            request);
        return new AuthenticationResult(Refusal.None, identity, token.Subs);
    }

    private static AuthenticationResult Refused(Refusal refusal) => new(refusal, null, NoChannels);

    private static ClientIdentity Named(ClientIdentity identity, ConnectRequest request) => identity with
    {
        Name = Cut(request.Name, MaxNameLength),
        Version = Cut(request.Version, MaxVersionLength),
    };

    /// <summary>Names are for people and logs: cut instead of refused.</summary>
    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
