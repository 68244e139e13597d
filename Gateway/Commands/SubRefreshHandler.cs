using WsCluster.Gateway.Authentication;
using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Commands;

/// <summary>A new token for an expiring subscription (protocol §14).</summary>
internal sealed class SubRefreshHandler(ITokenVerifier tokens, TimeProvider time) : ICommandHandler
{
    public async ValueTask<Refusal> HandleAsync(Connection connection, Command command)
    {
        var request = command.SubRefresh;
        if (request.Channel.Length == 0)
        {
            return DisconnectCode.BadRequest;
        }

        if (connection.FindSubscription(request.Channel) is not { IsLive: true } subscription)
        {
            return ErrorCode.PermissionDenied;
        }

        if (!subscription.ClientSideRefresh)
        {
            return DisconnectCode.BadRequest;
        }

        if (request.Token.Length == 0)
        {
            return ErrorCode.BadRequest;
        }

        var (status, token) = await tokens.VerifySubscriptionAsync(request.Token);
        if (status == TokenStatus.Unverifiable)
        {
            return ErrorCode.Internal; // temporary: the client tries again
        }

        if (status == TokenStatus.Expired || token?.ExpireAt <= time.GetUtcNow())
        {
            return ErrorCode.Expired; // nothing is extended
        }

        if (token is null || !SubscribeAccess.Matches(token, request.Channel, connection))
        {
            return DisconnectCode.InvalidToken;
        }

        subscription.ExpireAt = token.ExpireAt;
        subscription.Grant = SubscribeAccess.GrantOf(token) with { AskedForJoinLeave = subscription.Grant.AskedForJoinLeave };
        subscription.ChanInfo = token.Options.ChanInfo ?? subscription.ChanInfo;
        connection.WakeForExpiry(token.ExpireAt);

        connection.Send(new Reply
        {
            Id = command.Id,
            SubRefresh = new SubRefreshResult
            {
                Expires = token.ExpireAt is not null,
                Ttl = Ttl.Seconds(token.ExpireAt, time.GetUtcNow()),
            },
        });
        return Refusal.None;
    }
}
