using WsCluster.Gateway.Authentication;
using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Commands;

/// <summary>A new token for an expiring connection (protocol §14).</summary>
internal sealed class RefreshHandler(ITokenVerifier tokens, LiveAuthorization live, TimeProvider time) : ICommandHandler
{
    public async ValueTask<Refusal> HandleAsync(Connection connection, Command command)
    {
        var identity = connection.Identity!;
        if (command.Refresh.Token.Length == 0 || !identity.ClientSideRefresh)
        {
            return DisconnectCode.BadRequest;
        }

        var (status, token) = await tokens.VerifyConnectionAsync(command.Refresh.Token);
        if (status == TokenStatus.Unverifiable)
        {
            return ErrorCode.Internal; // temporary: the client tries again
        }

        if (status == TokenStatus.Expired)
        {
            return DisconnectCode.Expired;
        }

        if (token is null || token.User != identity.User)
        {
            return DisconnectCode.InvalidToken;
        }

        if (!identity.TokenChannels.ToHashSet().SetEquals(token.Subs.Keys))
        {
            return DisconnectCode.InsufficientState; // it reconnects and gets the new set
        }

        connection.Refreshed(identity with
        {
            ExpireAt = token.ExpireAt,
            Info = token.Info ?? identity.Info,
            Meta = token.Meta ?? identity.Meta,
            Session = token.Session,
            IssuedAt = token.IssuedAt,
        });
        if (!live.Check(connection))
        {
            return Refusal.None; // revoked while it was verified
        }

        connection.Send(new Reply
        {
            Id = command.Id,
            Refresh = new RefreshResult
            {
                Client = connection.Id,
                Expires = token.ExpireAt is not null,
                Ttl = Ttl.Seconds(token.ExpireAt, time.GetUtcNow()),
            },
        });
        return Refusal.None;
    }
}
