namespace WsCluster.Samples.Game;

internal static partial class GameLog
{
    [LoggerMessage(1, LogLevel.Information, "Gateway: {State} ({Reason}).", EventName = "Connection")]
    public static partial void Connection(ILogger logger, string state, string reason);

    [LoggerMessage(2, LogLevel.Warning, "The arena is not published: {Reason}", EventName = "NotPublished")]
    public static partial void NotPublished(ILogger logger, string reason);
}
