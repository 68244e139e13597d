using Microsoft.Extensions.Logging;

namespace WsCluster.Grains.Routing;

internal static partial class RoutingLog
{
    [LoggerMessage(1101, LogLevel.Warning, "Gateway {GatewayId} (incarnation {Incarnation}) is lost: {Reason}.", EventName = "GatewayLost")]
    public static partial void GatewayLost(ILogger logger, string gatewayId, long incarnation, string reason);

    [LoggerMessage(1102, LogLevel.Information, "Gateway {GatewayId} is back: incarnation {Newer} replaces {Older}.", EventName = "GatewayReplaced")]
    public static partial void GatewayReplaced(ILogger logger, string gatewayId, long older, long newer);

    [LoggerMessage(1103, LogLevel.Warning, "Outbox of gateway {GatewayId}, lane {Lane}, would hold {Bytes} bytes: dropped whole, the gateway resynchronises.", EventName = "OutboxOverflow")]
    public static partial void OutboxOverflow(ILogger logger, string gatewayId, int lane, long bytes);

    [LoggerMessage(1104, LogLevel.Debug, "Batch {Sequence} to gateway {GatewayId}, lane {Lane}, was not acknowledged; sending it again.", EventName = "BatchRetried")]
    public static partial void BatchRetried(ILogger logger, Exception exception, string gatewayId, int lane, long sequence);

    [LoggerMessage(1105, LogLevel.Error, "Deliveries to gateway {GatewayId}, lane {Lane}, failed; it counts as lost.", EventName = "PumpFailed")]
    public static partial void PumpFailed(ILogger logger, Exception exception, string gatewayId, int lane);

    [LoggerMessage(1106, LogLevel.Warning, "A grain could not be told that gateway {GatewayId} is lost (attempt {Attempt}).", EventName = "LossNotTold")]
    public static partial void LossNotTold(ILogger logger, Exception exception, string gatewayId, int attempt);
}
