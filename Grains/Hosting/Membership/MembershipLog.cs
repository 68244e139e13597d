using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace WsCluster.Grains.Hosting.Membership;

internal static partial class MembershipLog
{
    [LoggerMessage(1601, LogLevel.Critical, "The cluster's membership has lost this silo {Silo}: {Problem}. It ends with exit code {ExitCode}, to be started again.", EventName = "MembershipLost")]
    public static partial void Lost(ILogger logger, SiloAddress silo, string problem, int exitCode);

    [LoggerMessage(1602, LogLevel.Debug, "The membership table cannot be read: {Problem}", EventName = "MembershipUnreadable")]
    public static partial void Unreadable(ILogger logger, string problem);
}
