using WsCluster.Configuration;
using WsCluster.Gateway.Authentication;
using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Proxies;

namespace WsCluster.Gateway.Authorization;

/// <summary>Why a client may not subscribe, or what gave it the right.</summary>
/// <param name="Refusal">Why not; the rest is then empty.</param>
/// <param name="Options">What the right says on top of the namespace's options.</param>
/// <param name="Grant">What gave it.</param>
internal readonly record struct SubscribeAnswer(Refusal Refusal, SubscribeOptions Options, Grant Grant)
{
    /// <summary>No.</summary>
    public static SubscribeAnswer Refused(Refusal refusal) => new(refusal, new SubscribeOptions(), Grant.ByOptions);
}

/// <summary>Decides whether a client may subscribe to a channel: the first rule of protocol §21 that applies.</summary>
internal sealed class SubscribeAccess(
    ITokenVerifier tokens, ChannelAccess access, AuthorizerCalls authorizer, ChannelProxy proxy, TimeProvider time)
{
    /// <summary>Decides.</summary>
    public async ValueTask<SubscribeAnswer> AuthorizeAsync(Connection connection, SubscribeRequest request, ChannelOptions channelOptions)
    {
        if (request.Token.Length > 0)
        {
            return await AuthorizeByTokenAsync(connection, request);
        }

        var user = connection.Identity!.User;
        if (Decider(channelOptions, request.Channel) is { } decider && !access.IsRevoked(request.Channel, user))
        {
            return Read(await decider.MaySubscribeAsync(connection, request.Channel, request.Data.ToByteArray()));
        }

        return access.MaySubscribe(channelOptions, request.Channel, user)
            ? new SubscribeAnswer(Refusal.None, new SubscribeOptions(), Grant.ByOptions)
            : SubscribeAnswer.Refused(ErrorCode.PermissionDenied);
    }

    /// <summary>True when a subscription token is for this channel, user and connection.</summary>
    public static bool Matches(SubscriptionToken token, string channel, Connection connection) =>
        token.Channel == channel
        && token.User == connection.Identity!.User
        && (token.Client.Length == 0 || token.Client == connection.Id);

    /// <summary>The right that a token gives.</summary>
    public static Grant GrantOf(SubscriptionToken token) => new() { Basis = GrantBasis.Token, IssuedAt = token.IssuedAt, Session = token.Session };

    private async ValueTask<SubscribeAnswer> AuthorizeByTokenAsync(Connection connection, SubscribeRequest request)
    {
        var (status, token) = await tokens.VerifySubscriptionAsync(request.Token);
        if (token is null)
        {
            // What nobody can verify now is temporary: the client tries again.
            return SubscribeAnswer.Refused(status == TokenStatus.Unverifiable ? ErrorCode.Internal : ErrorCode.PermissionDenied);
        }

        if (status == TokenStatus.Expired)
        {
            return SubscribeAnswer.Refused(ErrorCode.TokenExpired);
        }

        return Matches(token, request.Channel, connection)
            ? new SubscribeAnswer(Refusal.None, token.Options, GrantOf(token))
            : SubscribeAnswer.Refused(DisconnectCode.InvalidToken);
    }

    /// <summary>The application code that decides; null for private and user-limited channels, and where the options do.</summary>
    private IChannelDecider? Decider(ChannelOptions channelOptions, string channel)
    {
        if (ChannelName.IsPrivate(channel) || ChannelPermissions.IsUserLimited(channelOptions, channel))
        {
            return null;
        }

        return channelOptions.SubscribeDecision switch
        {
            ChannelDecision.Authorizer => authorizer,
            ChannelDecision.Proxy => proxy,
            _ => null,
        };
    }

    private SubscribeAnswer Read(SubscribeDecision decision) => decision.Denial is { } denial
        ? SubscribeAnswer.Refused(denial)
        : new SubscribeAnswer(Refusal.None, decision.Options, new Grant { Basis = GrantBasis.Application, IssuedAt = time.GetUtcNow() });
}
