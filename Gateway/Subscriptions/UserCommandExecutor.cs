using Google.Protobuf;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>Carries out what an application asked to do to a user's connections.</summary>
internal sealed class UserCommandExecutor(SubscriptionService subscriptions, TimeProvider time, ILogger<UserCommandExecutor> logger)
{
    /// <summary>Carries out a command on those of the connections that it addresses.</summary>
    public void Execute(IReadOnlyList<Connection> connections, UserCommand command)
    {
        foreach (var connection in connections)
        {
            if (!connection.IsClosed && (string.IsNullOrEmpty(command.Client) || command.Client == connection.Id))
            {
                Execute(connection, command);
            }
        }
    }

    private void Execute(Connection connection, UserCommand command)
    {
        switch (command)
        {
            case SendToUser send:
                connection.Send(new Reply { Push = new Push { Message = new Message { Data = UnsafeByteOperations.UnsafeWrap(send.Data) } } });
                break;
            case DisconnectUser disconnect:
                if (disconnect.Whitelist?.Contains(connection.Id) != true)
                {
                    connection.Close(disconnect.Code, disconnect.Reason);
                }

                break;
            case UnsubscribeUser unsubscribe:
                _ = GuardAsync(connection, subscriptions.UnsubscribeByServerAsync(connection, unsubscribe));
                break;
            case SubscribeUser subscribe:
                _ = GuardAsync(connection, subscriptions.SubscribeByServerAsync(connection, subscribe));
                break;
            case RefreshUser refresh:
                Refresh(connection, refresh);
                break;
        }
    }

    private void Refresh(Connection connection, RefreshUser refresh)
    {
        if (refresh.Expired)
        {
            connection.Close(DisconnectCode.Expired);
            return;
        }

        if (connection.Identity is not { } identity)
        {
            return;
        }

        connection.Refreshed(identity with { ExpireAt = refresh.ExpireAt, Info = refresh.Info ?? identity.Info });
        connection.Send(new Reply
        {
            Push = new Push
            {
                Refresh = new Refresh
                {
                    Expires = refresh.ExpireAt is not null,
                    Ttl = Ttl.Seconds(refresh.ExpireAt, time.GetUtcNow()),
                },
            },
        });
    }

    private async Task GuardAsync(Connection connection, Task work)
    {
        try
        {
            await work;
        }
        catch (Exception e)
        {
            GatewayLog.CommandFailed(logger, "server", connection.Id, e);
            connection.Close(DisconnectCode.InternalServerError);
        }
    }
}
