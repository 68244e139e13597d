
namespace WsCluster.Ticker;

internal static partial class TickerLog
{
    [LoggerMessage(1, LogLevel.Information, "Connected. Publishing {Symbols} every {Interval}.", EventName = "Started")]
    public static partial void Started(ILogger logger, string symbols, TimeSpan interval);

    [LoggerMessage(2, LogLevel.Debug, "{Channel}: offset {Offset}", EventName = "Published")]
    public static partial void Published(ILogger logger, string channel, ulong offset);

    [LoggerMessage(3, LogLevel.Warning, "{Channel}: not published: {Reason}", EventName = "Failed")]
    public static partial void Failed(ILogger logger, string channel, string reason);

    [LoggerMessage(4, LogLevel.Information, "{Channel}: publishing again.", EventName = "Recovered")]
    public static partial void Recovered(ILogger logger, string channel);

    [LoggerMessage(5, LogLevel.Information, "{Count} prices published in the last {Seconds:0} s.", EventName = "Report")]
    public static partial void Report(ILogger logger, long count, double seconds);
}
