using Microsoft.Extensions.Logging;

namespace WsCluster.Grains.Users;

internal static partial class UserLog
{
    [LoggerMessage(1301, LogLevel.Debug, "User {User} has as many connections as allowed; {Client} on gateway {GatewayId} is refused.", EventName = "Refused")]
    public static partial void Refused(ILogger logger, string user, string client, string gatewayId);

    [LoggerMessage(1302, LogLevel.Debug, "The sessions of user {User} on gateway {GatewayId} end with the gateway.", EventName = "GatewayLost")]
    public static partial void GatewayLost(ILogger logger, string user, string gatewayId);

    [LoggerMessage(1304, LogLevel.Warning, "When users were last seen cannot be kept or read: {Problem}", EventName = "LastSeenUnknown")]
    public static partial void LastSeenUnknown(ILogger logger, string problem);

    [LoggerMessage(1305, LogLevel.Error, "The behavior of user {User} threw in {Handler}.", EventName = "BehaviorThrew")]
    public static partial void BehaviorThrew(ILogger logger, string user, string handler, Exception exception);

    [LoggerMessage(1306, LogLevel.Error, "The behavior of user {User} took longer than {Limit} in {Handler}: it is started anew.", EventName = "BehaviorTookTooLong")]
    public static partial void BehaviorTookTooLong(ILogger logger, string user, string handler, TimeSpan limit);

    [LoggerMessage(1307, LogLevel.Warning, "The state of user {User} cannot be kept or read: {Problem}", EventName = "StateAway")]
    public static partial void StateAway(ILogger logger, string user, string problem);

    [LoggerMessage(1308, LogLevel.Error, "The state of user {User} has {Bytes} bytes and is not saved: {Limit} is the limit.", EventName = "StateTooLarge")]
    public static partial void StateTooLarge(ILogger logger, string user, int bytes, int limit);

    [LoggerMessage(1309, LogLevel.Warning, "User {User} could not be told of unread messages, and will be again: {Problem}", EventName = "UnreadNotTold")]
    public static partial void UnreadNotTold(ILogger logger, string user, string problem);

    [LoggerMessage(1303, LogLevel.Debug, "User {User} moves away with {Sessions} sessions: {Reason}.", EventName = "Moved")]
    public static partial void Moved(ILogger logger, string user, int sessions, string reason);
}
