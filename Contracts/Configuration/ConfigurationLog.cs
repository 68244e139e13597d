using Microsoft.Extensions.Logging;

namespace WsCluster.Configuration;

/// <summary>What is logged about changes of the configuration.</summary>
internal static partial class ConfigurationLog
{
    [LoggerMessage(2101, LogLevel.Error, "A change of the configuration is not taken over, what was before stays in force: {Problems}", EventName = "Refused")]
    public static partial void Refused(ILogger logger, string problems);
}
