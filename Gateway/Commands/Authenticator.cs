using Microsoft.Extensions.Options;
using WsCluster.Gateway.Admin;
using WsCluster.Gateway.Authentication;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Proxies;

namespace WsCluster.Gateway.Commands;

/// <summary>Who a connecting client is, or why it may not connect.</summary>
/// <param name="Refusal">Why it may not; the rest is then empty.</param>
/// <param name="Identity">Who it is.</param>
/// <param name="Channels">The channels that its token or the application subscribes it to.</param>
/// <param name="Data">The application's data for the connect reply, or null.</param>
internal readonly record struct AuthenticationResult(
    Refusal Refusal, ClientIdentity? Identity, IReadOnlyDictionary<string, SubscribeOptions> Channels, byte[]? Data = null);

/// <summary>Finds out who a connecting client is (protocol §6, point 3): by its token, else by asking the application.</summary>
internal sealed class Authenticator(
    ITokenVerifier tokens,
    ConsoleAccess console,
    ConnectionProxy proxy,
    IOptionsMonitor<GatewayOptions> options,
    IOptionsMonitor<ProxyOptions> proxyOptions,
    TimeProvider time)
{
    private const int MaxNameLength = 16;
    private const int MaxVersionLength = 64;

    private static readonly IReadOnlyDictionary<string, SubscribeOptions> NoChannels = new Dictionary<string, SubscribeOptions>();

    /// <summary>The client's identity and the channels that it gets with it, or why it may not connect.</summary>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(Connection connection, ConnectRequest request)
    {
        var result = console.ReadConnectionToken(request.Token) is { } session ? OfConsole(session)
            : request.Token.Length > 0 ? await ByTokenAsync(request)
            : proxy.AsksForConnect ? await ByProxyAsync(connection, request)
            : Unproven();
        return result.Identity is { } identity ? result with { Identity = Named(identity, request) } : result;
    }

    /// <summary>A page of the console. When its session ends it connects again, with a new token or not at all.</summary>
    private static AuthenticationResult OfConsole(ConsoleSession session) => new(
        Refusal.None,
        new ClientIdentity
        {
            User = ConsoleAccess.User,
            IsConsole = true,
            Session = session.Id,
            IssuedAt = session.IssuedAt,
            ExpireAt = session.ExpireAt,
        },
        NoChannels);

    private async ValueTask<AuthenticationResult> ByTokenAsync(ConnectRequest request)
    {
        var insecure = options.CurrentValue.Insecure;
        var (status, token) = await tokens.VerifyConnectionAsync(request.Token);
        if (status == TokenStatus.Unverifiable)
        {
            return Refused(ErrorCode.Internal); // temporary: the client comes again
        }

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

        var identity = new ClientIdentity
        {
            User = token.User,
            Info = token.Info,
            Meta = token.Meta,
            Session = token.Session,
            IssuedAt = token.IssuedAt,
            ExpireAt = insecure ? null : token.ExpireAt,
            ClientSideRefresh = true,
            TokenChannels = [.. token.Subs.Keys],
        };
        return identity.ExpireAt <= time.GetUtcNow() ? Refused(ErrorCode.Expired) : new AuthenticationResult(Refusal.None, identity, token.Subs);
    }

    private async ValueTask<AuthenticationResult> ByProxyAsync(Connection connection, ConnectRequest request)
    {
        connection.EmulatedHeaders = request.Headers
            .Where(header => proxyOptions.CurrentValue.EmulatedHeaders.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
            .DistinctBy(header => header.Key, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase);
        var answer = await proxy.ConnectAsync(connection, request);
        if (answer.Denial is { } denial)
        {
            return Refused(denial);
        }

        if (answer.Identity is not { } identity)
        {
            return Unproven();
        }

        return identity.ExpireAt <= time.GetUtcNow()
            ? Refused(ErrorCode.Expired)
            : new AuthenticationResult(Refusal.None, identity with { ServerSideRefresh = proxy.AsksForRefresh }, answer.Channels, answer.Data);
    }

    /// <summary>Nothing says who it is.</summary>
    private AuthenticationResult Unproven() =>
        options.CurrentValue.AllowAnonymous || options.CurrentValue.Insecure
            ? new AuthenticationResult(Refusal.None, new ClientIdentity { User = "", IsUnproven = true }, NoChannels)
            : Refused(DisconnectCode.BadRequest);

    private static AuthenticationResult Refused(Refusal refusal) => new(refusal, null, NoChannels);

    private static ClientIdentity Named(ClientIdentity identity, ConnectRequest request) => identity with
    {
        Name = Cut(request.Name, MaxNameLength),
        Version = Cut(request.Version, MaxVersionLength),
    };

    /// <summary>Names are for people and logs: cut instead of refused.</summary>
    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
