using Microsoft.Extensions.Logging;

namespace WsCluster.Grains.Behaviors;

/// <summary>What is logged about the application's behaviors.</summary>
internal static partial class BehaviorLog
{
    [LoggerMessage(1801, LogLevel.Error, "The behavior of channel {Channel} threw in {Handler}.", EventName = "Threw")]
    public static partial void Threw(ILogger logger, string channel, string handler, Exception exception);

    [LoggerMessage(1802, LogLevel.Error, "The behavior of channel {Channel} took longer than {Limit} in {Handler}: it is started anew.", EventName = "TookTooLong")]
    public static partial void TookTooLong(ILogger logger, string channel, string handler, TimeSpan limit);

    [LoggerMessage(1803, LogLevel.Error, "The behavior of channel {Channel} could not take offset {Offset} into its state.", EventName = "NotApplied")]
    public static partial void NotApplied(ILogger logger, string channel, ulong offset, Exception exception);

    [LoggerMessage(1804, LogLevel.Error, "The state of channel {Channel} lacks the publications from offset {First} to {Last}: they had left history before a snapshot was saved.", EventName = "Incomplete")]
    public static partial void Incomplete(ILogger logger, string channel, ulong first, ulong last);

    [LoggerMessage(1805, LogLevel.Warning, "The state of channel {Channel} was not saved: {Problem}", EventName = "NotSaved")]
    public static partial void NotSaved(ILogger logger, string channel, string problem);

    [LoggerMessage(1806, LogLevel.Warning, "A publication that the behavior of channel {Channel} made itself was refused: {Problem}", EventName = "OwnPublicationRefused")]
    public static partial void OwnPublicationRefused(ILogger logger, string channel, string problem);
}
