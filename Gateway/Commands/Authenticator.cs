using Microsoft.Extensions.Options;
using WsCluster.Gateway.Authentication;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Commands;

/// <summary>Finds out who a connecting client is (protocol §6, point 3).</summary>
internal sealed class Authenticator(ITokenVerifier tokens, IOptionsMonitor<GatewayOptions> options, TimeProvider time)
{
    private const int MaxNameLength = 16;
    private const int MaxVersionLength = 64;

    /// <summary>The client's identity and the channels its token subscribes it to, or why it may not connect.</summary>
    public Refusal Authenticate(
        ConnectRequest request, out ClientIdentity? identity, out IReadOnlyDictionary<string, SubscribeOptions> channels)
    {
        identity = null;
        channels = new Dictionary<string, SubscribeOptions>();
        var insecure = options.CurrentValue.Insecure;
        if (request.Token.Length == 0)
        {
            if (!options.CurrentValue.AllowAnonymous && !insecure)
            {
                return DisconnectCode.BadRequest;
            }

            identity = Named(new ClientIdentity { User = "" }, request);
            return Refusal.None;
        }

        var status = tokens.VerifyConnection(request.Token, out var token);
        if (status == TokenStatus.Invalid || (status == TokenStatus.Expired && !insecure) || token is null)
        {
            return status == TokenStatus.Expired ? ErrorCode.TokenExpired : DisconnectCode.InvalidToken;
        }

        if (token.User.Length == 0 && !options.CurrentValue.AllowAnonymous && !insecure)
        {
            return DisconnectCode.PermissionDenied;
        }

        var expireAt = insecure ? null : token.ExpireAt;
        if (expireAt <= time.GetUtcNow())
        {
            return ErrorCode.Expired;
        }

        channels = token.Subs;
        identity = Named(
            new ClientIdentity
            {
                User = token.User,
                Info = token.Info,
                ExpireAt = expireAt,
                ClientSideRefresh = true,
                TokenChannels = [.. token.Subs.Keys],
            },
            request);
        return Refusal.None;
    }

    private static ClientIdentity Named(ClientIdentity identity, ConnectRequest request) => identity with
    {
        Name = Cut(request.Name, MaxNameLength),
        Version = Cut(request.Version, MaxVersionLength),
    };

    /// <summary>Names are for people and logs: cut instead of refused.</summary>
    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
