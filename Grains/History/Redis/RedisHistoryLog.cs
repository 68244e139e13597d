using Microsoft.Extensions.Logging;

namespace WsCluster.Grains.History.Redis;

internal static partial class RedisHistoryLog
{
    [LoggerMessage(1201, LogLevel.Warning, "Redis does not answer: durable publishes are refused until it does.", EventName = "Away")]
    public static partial void Away(ILogger logger, Exception reason);

    [LoggerMessage(1202, LogLevel.Information, "Redis answers again.", EventName = "Back")]
    public static partial void Back(ILogger logger);

    [LoggerMessage(1203, LogLevel.Warning, "Redis writes no append-only file: durable channels lose their history when it restarts.", EventName = "NoAppendOnlyFile")]
    public static partial void NoAppendOnlyFile(ILogger logger);

    [LoggerMessage(1204, LogLevel.Error, "Channel {Channel} could not append to its stream.", EventName = "AppendFailed")]
    public static partial void AppendFailed(ILogger logger, string channel, Exception failure);

    [LoggerMessage(1205, LogLevel.Debug, "Redis still does not answer.", EventName = "StillAway")]
    public static partial void StillAway(ILogger logger, Exception reason);
}
