using Microsoft.Extensions.Logging;

namespace WsCluster;

/// <summary>What the client of the cluster logs.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(2001, LogLevel.Warning, "The cluster is not there yet (attempt {Attempt}); trying again in {Delay}: {Reason}", EventName = "ClusterAway")]
    public static partial void ClusterAway(ILogger logger, int attempt, TimeSpan delay, string reason);

    [LoggerMessage(2002, LogLevel.Debug, "Attempt {Attempt} of a call failed; trying again in {Delay}.", EventName = "Retrying")]
    public static partial void Retrying(ILogger logger, int attempt, TimeSpan delay, Exception exception);

    [LoggerMessage(2003, LogLevel.Warning, "Gateway {GatewayId} did not answer and is left out: {Reason}", EventName = "GatewaySilent")]
    public static partial void GatewaySilent(ILogger logger, string gatewayId, string reason);

    [LoggerMessage(2004, LogLevel.Error, "Broadcasting to channel {Channel} failed.", EventName = "BroadcastFailed")]
    public static partial void BroadcastFailed(ILogger logger, string channel, Exception exception);
}
