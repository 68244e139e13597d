using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Limits;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Commands;

/// <summary>
/// Carries out the commands of a frame, strictly one after the other (protocol §2 and §12.9), and turns what they refuse
/// into error replies and disconnects.
/// </summary>
internal sealed class CommandProcessor(
    ConnectHandler connect,
    SubscribeHandler subscribe,
    UnsubscribeHandler unsubscribe,
    PublishHandler publish,
    PresenceHandler presence,
    PresenceStatsHandler presenceStats,
    HistoryHandler history,
    RefreshHandler refresh,
    SubRefreshHandler subRefresh,
    RpcHandler rpc,
    GatewayMetrics metrics,
    ILogger<CommandProcessor> logger)
{
    /// <summary>Carries out a frame. The frame's memory is not used after the task ends.</summary>
    public async Task ProcessAsync(Connection connection, ReadOnlyMemory<byte> frame)
    {
        var bytes = frame.Length;
        for (var count = 0; !connection.IsClosed; count++)
        {
            switch (connection.Codec.ReadCommand(ref frame, out var command, connection.MaxJsonDepth))
            {
                case CommandReadStatus.End when count > 0:
                    await PaceAsync(connection, connection.Charge(count, bytes));
                    return;
                case CommandReadStatus.Command when count < connection.MaxCommandsPerMessage:
                    await ProcessAsync(connection, command!);
                    await PaceAsync(connection, connection.ChargeHistory());
                    break;
                case CommandReadStatus.Command:
                    Refuse(connection, GatewayLimit.MessageCommands);
                    return;
                case CommandReadStatus.TooDeep:
                    Refuse(connection, GatewayLimit.JsonDepth);
                    return;
                default:
                    connection.Close(DisconnectCode.BadRequest); // undecodable, or no command at all
                    return;
            }

            var room = connection.Writer.WaitForRoomAsync();
            if (!room.IsCompleted)
            {
                metrics.LimitHit(GatewayLimit.Replies); // a client that sends commands but reads no replies waits, so that its queue stays small
                await room;
            }
        }
    }

    private void Refuse(Connection connection, string limit)
    {
        metrics.LimitHit(limit);
        connection.Close(DisconnectCode.BadRequest);
    }

    private ValueTask PaceAsync(Connection connection, Pause pause)
    {
        if (pause.Wait <= TimeSpan.Zero)
        {
            return ValueTask.CompletedTask;
        }

        metrics.LimitHit(pause.Limit);
        if (connection.TryWaitOut(pause.Wait) is not { } over)
        {
            return ValueTask.CompletedTask;
        }

        metrics.SenderPaced();
        return new ValueTask(over);
    }

    private async ValueTask ProcessAsync(Connection connection, Command command)
    {
        Refusal refusal;
        metrics.CommandStarted();
        try
        {
            var dispatched = DispatchInOrderAsync(connection, command);
            refusal = dispatched.IsCompleted ? await dispatched : await connection.WaitForAsync(dispatched);
        }
        catch (WsClusterException e)
        {
            refusal = Refusal.Of(e);
        }
        catch (Exception e)
        {
            GatewayLog.CommandFailed(logger, NameOf(command), connection.Id, e);
            refusal = ErrorCode.Internal;
        }
        finally
        {
            metrics.CommandEnded();
        }

        if (refusal.Reason is not { } reason)
        {
            return;
        }

        if (command.Subscribe is not null && refusal.Error == ErrorCode.LimitExceeded)
        {
            metrics.LimitHit(GatewayLimit.Channels);
        }

        if (reason.Disconnects)
        {
            connection.Close(reason.Code, reason.Reason);
        }
        else
        {
            var reply = new Reply { Id = command.Id, Error = reason.ToWire() };
            if (connection.IsEstablished && !((ErrorCode)reason.Code).IsTemporary() && !connection.TryErr())
            {
                connection.Close(DisconnectCode.TooManyErrors);
            }
            else if (connection.IsEstablished)
            {
                connection.Send(reply);
            }
            else
            {
                connection.Reject(reply);
            }
        }
    }

    /// <summary>Publishes of a connection may follow each other; any other command waits for them, so that a history read finds them.</summary>
    private ValueTask<Refusal> DispatchInOrderAsync(Connection connection, Command command)
    {
        return command.Publish is not null || connection.Publishing is not { IsIdle: false } publishing
            ? DispatchAsync(connection, command)
            : DrainedAsync();

        async ValueTask<Refusal> DrainedAsync()
        {
            await publishing.DrainAsync();
            return await DispatchAsync(connection, command);
        }
    }

    private ValueTask<Refusal> DispatchAsync(Connection connection, Command command)
    {
        if (command.Connect is not null && command.Id != 0)
        {
            return connection.Identity is null ? connect.HandleAsync(connection, command) : Refused(DisconnectCode.BadRequest);
        }

        if (connection.Identity is null)
        {
            return Refused(DisconnectCode.BadRequest);
        }

        if (command.Id == 0 && command.Send is null)
        {
            // Without id and kind it is a pong; a kind without id breaks the protocol.
            return NameOf(command) == "pong" && connection.TryPong() ? ValueTask.FromResult(Refusal.None) : Refused(DisconnectCode.BadRequest);
        }

        // The first kind in this order counts when several are set (§4).
        return command switch
        {
            { Ping: not null } => Refused(DisconnectCode.BadRequest),
            { Subscribe: not null } => subscribe.HandleAsync(connection, command),
            { Unsubscribe: not null } => unsubscribe.HandleAsync(connection, command),
            { Publish: not null } => publish.HandleAsync(connection, command),
            { Presence: not null } => presence.HandleAsync(connection, command),
            { PresenceStats: not null } => presenceStats.HandleAsync(connection, command),
            { History: not null } => history.HandleAsync(connection, command),
            { Rpc: not null } => rpc.HandleAsync(connection, command),
            { Send: not null } => Refused(DisconnectCode.NotAvailable),
            { Refresh: not null } => refresh.HandleAsync(connection, command),
            { SubRefresh: not null } => subRefresh.HandleAsync(connection, command),
            _ => Refused(DisconnectCode.BadRequest),
        };
    }

    private static ValueTask<Refusal> Refused(Refusal refusal) => ValueTask.FromResult(refusal);

    private static string NameOf(Command command) => command switch
    {
        { Connect: not null } => "connect",
        { Ping: not null } => "ping",
        { Subscribe: not null } => "subscribe",
        { Unsubscribe: not null } => "unsubscribe",
        { Publish: not null } => "publish",
        { Presence: not null } => "presence",
        { PresenceStats: not null } => "presence_stats",
        { History: not null } => "history",
        { Rpc: not null } => "rpc",
        { Send: not null } => "send",
        { Refresh: not null } => "refresh",
        { SubRefresh: not null } => "sub_refresh",
        _ => "pong",
    };
}
