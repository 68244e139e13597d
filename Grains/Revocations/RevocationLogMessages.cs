using Microsoft.Extensions.Logging;

namespace WsCluster.Grains.Revocations;

/// <summary>What is logged about revocations.</summary>
internal static partial class RevocationLogMessages
{
    [LoggerMessage(1401, LogLevel.Information, "Revoked: user '{User}', session '{Session}', channel '{Channel}' (empty: all).", EventName = "Revoked")]
    public static partial void Revoked(ILogger logger, string user, string session, string channel);

    [LoggerMessage(1402, LogLevel.Error, "A revocation is refused: there are {Count} already (WsCluster:Revocations:MaxCount).", EventName = "Full")]
    public static partial void Full(ILogger logger, int count);

    [LoggerMessage(1403, LogLevel.Debug, "The store of revocations could not be asked: {Problem}", EventName = "NotCompared")]
    public static partial void NotCompared(ILogger logger, string problem);
}
