using Microsoft.Extensions.Logging;

namespace WsCluster.Grains.Channels;

internal static partial class NamespaceLog
{
    [LoggerMessage(2601, LogLevel.Warning, "The changed {Option} of channel namespace '{Namespace}' needs a restart of the silo; until then it stays as it was.", EventName = "NeedsRestart")]
    public static partial void NeedsRestart(ILogger logger, string @namespace, string option);
}
