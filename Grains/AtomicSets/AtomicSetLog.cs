using Microsoft.Extensions.Logging;

namespace WsCluster.Grains.AtomicSets;

/// <summary>What is logged about atomic sets.</summary>
internal static partial class AtomicSetLog
{
    [LoggerMessage(2501, LogLevel.Information, "Atomic set {Number} of {Publications} publications was left unfinished by its publisher and is finished.", EventName = "Finished")]
    public static partial void Finished(ILogger logger, long number, int publications);

    [LoggerMessage(2502, LogLevel.Warning, "Atomic set {Number} cannot be finished now: {Problem}", EventName = "Unfinished")]
    public static partial void Unfinished(ILogger logger, long number, string problem);

    [LoggerMessage(2503, LogLevel.Error, "Atomic set {Number} has a publication for channel {Channel}, whose namespace is no longer configured: it is dropped.", EventName = "ChannelGone")]
    public static partial void ChannelGone(ILogger logger, long number, string channel);

    [LoggerMessage(2504, LogLevel.Debug, "Atomic set {Number} is not in channel {Channel} yet: {Problem}", EventName = "NotYet")]
    public static partial void NotYet(ILogger logger, long number, string channel, string problem);

    [LoggerMessage(2505, LogLevel.Debug, "Unfinished atomic sets could not be looked for: {Problem}", EventName = "NotSwept")]
    public static partial void NotSwept(ILogger logger, string problem);
}
