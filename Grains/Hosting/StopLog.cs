using Microsoft.Extensions.Logging;

namespace WsCluster.Grains.Hosting;

internal static partial class StopLog
{
    [LoggerMessage(2701, LogLevel.Error, "The silo was told to stop and has not come to an end within {Limit}. The process ends with exit code {ExitCode}.", EventName = "StopUnfinished")]
    public static partial void Unfinished(ILogger logger, TimeSpan limit, int exitCode);
}
