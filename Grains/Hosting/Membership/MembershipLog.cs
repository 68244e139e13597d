using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace WsCluster.Grains.Hosting.Membership;

internal static partial class MembershipLog
{
    [LoggerMessage(1601, LogLevel.Critical, "The cluster's membership has lost this silo {Silo}: {Problem}. It ends with exit code {ExitCode}, to be started again.", EventName = "MembershipLost")]
    public static partial void Lost(ILogger logger, SiloAddress silo, string problem, int exitCode);

    [LoggerMessage(1602, LogLevel.Debug, "The membership table cannot be read: {Problem}", EventName = "MembershipUnreadable")]
    public static partial void Unreadable(ILogger logger, string problem);

    [LoggerMessage(1603, LogLevel.Warning, "The cluster's membership has lost silo {Silo}: its row is gone. It is written down as dead.", EventName = "PeerLost")]
    public static partial void PeerLost(ILogger logger, SiloAddress silo);

    [LoggerMessage(1604, LogLevel.Warning, "That silo {Silo} is dead could not be written: {Problem}", EventName = "DeadRowNotWritten")]
    public static partial void DeadRowNotWritten(ILogger logger, SiloAddress silo, string problem);
}
