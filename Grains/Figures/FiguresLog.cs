using Microsoft.Extensions.Logging;

namespace WsCluster.Grains.Figures;

/// <summary>What is logged about the console's figures.</summary>
internal static partial class FiguresLog
{
    [LoggerMessage(1701, LogLevel.Debug, "The cluster's figures could not be gathered this time.", EventName = "FiguresFailed")]
    public static partial void FiguresFailed(ILogger logger, Exception exception);
}
