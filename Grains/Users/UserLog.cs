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

    [LoggerMessage(1303, LogLevel.Debug, "User {User} moves away with {Sessions} sessions: {Reason}.", EventName = "Moved")]
    public static partial void Moved(ILogger logger, string user, int sessions, string reason);
}
