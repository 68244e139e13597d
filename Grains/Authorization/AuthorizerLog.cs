using Microsoft.Extensions.Logging;

namespace WsCluster.Grains.Authorization;

/// <summary>What is logged about the application's authorizer.</summary>
internal static partial class AuthorizerLog
{
    [LoggerMessage(1501, LogLevel.Error, "Channel {Channel} is to be decided by an authorizer, but this silo has none: register it with AddChannelAuthorizer.", EventName = "Missing")]
    public static partial void Missing(ILogger logger, string channel);

    [LoggerMessage(1502, LogLevel.Warning, "The authorizer did not decide about channel {Channel}: {Problem}", EventName = "Failed")]
    public static partial void Failed(ILogger logger, string channel, string problem, Exception exception);
}
