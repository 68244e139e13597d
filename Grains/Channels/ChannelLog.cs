using Microsoft.Extensions.Logging;

namespace WsCluster.Grains.Channels;

internal static partial class ChannelLog
{
    [LoggerMessage(1001, LogLevel.Trace, "Channel {Channel} published offset {Offset}.", EventName = "Published")]
    public static partial void Published(ILogger logger, string channel, ulong offset);

    [LoggerMessage(1002, LogLevel.Debug, "Channel {Channel} delivers to gateway {GatewayId}.", EventName = "GatewaySubscribed")]
    public static partial void GatewaySubscribed(ILogger logger, string channel, string gatewayId);

    [LoggerMessage(1003, LogLevel.Debug, "Channel {Channel} no longer delivers to gateway {GatewayId}.", EventName = "GatewayUnsubscribed")]
    public static partial void GatewayUnsubscribed(ILogger logger, string channel, string gatewayId);

    [LoggerMessage(1004, LogLevel.Warning, "Channel {Channel} is full: {Refused} connections of gateway {GatewayId} are not in its presence.", EventName = "PresenceFull")]
    public static partial void PresenceFull(ILogger logger, string channel, int refused, string gatewayId);

    [LoggerMessage(1005, LogLevel.Debug, "Channel {Channel} moves away with {Gateways} gateways: {Reason}.", EventName = "Moved")]
    public static partial void Moved(ILogger logger, string channel, int gateways, string reason);

    [LoggerMessage(1006, LogLevel.Warning, "Channel {Channel} lost its stream and activates anew: {Reason}.", EventName = "StreamLost")]
    public static partial void StreamLost(ILogger logger, string channel, string reason);

    [LoggerMessage(1007, LogLevel.Debug, "Channel {Channel} goes on here with the history of the silo that it left.", EventName = "TakenOver")]
    public static partial void TakenOver(ILogger logger, string channel);
}
