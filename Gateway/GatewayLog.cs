using Microsoft.Extensions.Options;
using WsCluster.Gateway.Authentication;
using WsCluster.Gateway.Hosting;

namespace WsCluster.Gateway;

/// <summary>What a gateway logs. Ids and names stay stable; no payloads and no tokens.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(1, LogLevel.Debug, "Connection {Connection} opened on {Transport}.", EventName = "ConnectionOpened")]
    public static partial void ConnectionOpened(ILogger logger, string connection, string transport);

    [LoggerMessage(2, LogLevel.Debug, "Connection {Connection} of user '{User}' ended with {Code}.", EventName = "ConnectionEnded")]
    public static partial void ConnectionEnded(ILogger logger, string connection, string user, int code);

    [LoggerMessage(3, LogLevel.Error, "Connection {Connection} failed.", EventName = "ConnectionFailed")]
    public static partial void ConnectionFailed(ILogger logger, string connection, Exception exception);

    [LoggerMessage(4, LogLevel.Warning, "A {Command} command of connection {Connection} failed.", EventName = "CommandFailed")]
    public static partial void CommandFailed(ILogger logger, string command, string connection, Exception exception);

    [LoggerMessage(5, LogLevel.Error, "A deadline failed.", EventName = "DeadlineFailed")]
    public static partial void DeadlineFailed(ILogger logger, Exception exception);

    [LoggerMessage(10, LogLevel.Warning, "Channel {Channel} is out of reach (attempt {Attempt}): {Problem}", EventName = "ChannelUnreachable")]
    public static partial void ChannelUnreachable(ILogger logger, string channel, int attempt, string problem);

    [LoggerMessage(11, LogLevel.Warning, "The silo refused channel {Channel} with {Error}: do silo and gateway have the same WsCluster:Channels?", EventName = "ChannelRefused")]
    public static partial void ChannelRefused(ILogger logger, string channel, ErrorCode error);

    [LoggerMessage(12, LogLevel.Warning, "Presence changes of channel {Channel} could not be reported: {Problem}", EventName = "PresenceNotReported")]
    public static partial void PresenceNotReported(ILogger logger, string channel, string problem);

    [LoggerMessage(13, LogLevel.Debug, "Publications of channel {Channel} were lost for connection {Connection}: it has to recover.", EventName = "StateLost")]
    public static partial void StateLost(ILogger logger, string channel, string connection);

    [LoggerMessage(14, LogLevel.Warning, "Silo {Silo} is silent on lane {Lane}: looking its channels and users up again.", EventName = "SiloSilent")]
    public static partial void SiloSilent(ILogger logger, string silo, int lane);

    [LoggerMessage(19, LogLevel.Information, "Silo {Silo} stops: looking its channels and users on lane {Lane} up elsewhere.", EventName = "SiloLeaving")]
    public static partial void SiloLeaving(ILogger logger, string silo, int lane);

    [LoggerMessage(15, LogLevel.Warning, "Silo {Silo} dropped deliveries on lane {Lane}: resynchronising.", EventName = "Resynchronising")]
    public static partial void Resynchronising(ILogger logger, string silo, int lane);

    [LoggerMessage(16, LogLevel.Error, "A delivery from silo {Silo} could not be handled.", EventName = "EntryFailed")]
    public static partial void EntryFailed(ILogger logger, string silo, Exception exception);

    [LoggerMessage(17, LogLevel.Warning, "User '{User}' is out of reach (attempt {Attempt}): {Problem}", EventName = "UserUnreachable")]
    public static partial void UserUnreachable(ILogger logger, string user, int attempt, string problem);

    [LoggerMessage(18, LogLevel.Warning, "The gateway's registration could not be renewed: {Problem}", EventName = "NotRegistered")]
    public static partial void NotRegistered(ILogger logger, string problem);

    [LoggerMessage(20, LogLevel.Warning, "What is published does not arrive on lane {Lanes}: subscribing to all {Channels} channels again.", EventName = "CanarySilent")]
    public static partial void CanarySilent(ILogger logger, string lanes, int channels);

    [LoggerMessage(21, LogLevel.Information, "What is published arrives on lane {Lane} again.", EventName = "CanaryHeardAgain")]
    public static partial void CanaryHeardAgain(ILogger logger, int lane);

    [LoggerMessage(22, LogLevel.Debug, "The canary of lane {Lane} could not publish: {Problem}", EventName = "CanaryUnanswered")]
    public static partial void CanaryUnanswered(ILogger logger, int lane, string problem);

    [LoggerMessage(23, LogLevel.Information, "Joined the cluster.", EventName = "Joined")]
    public static partial void Joined(ILogger logger);

    [LoggerMessage(24, LogLevel.Critical, "The cluster cannot be joined; the gateway stops.", EventName = "NotJoined")]
    public static partial void NotJoined(ILogger logger, Exception exception);

    [LoggerMessage(30, LogLevel.Warning, "Clients may connect without a token (WsCluster:Gateway:AllowAnonymous).", EventName = "AnonymousAllowed")]
    public static partial void AnonymousAllowed(ILogger logger);

    [LoggerMessage(31, LogLevel.Warning, "Insecure mode: every client may do everything (WsCluster:Gateway:Insecure). Never run this in public.", EventName = "Insecure")]
    public static partial void Insecure(ILogger logger);

    [LoggerMessage(32, LogLevel.Information, "Draining: closing {Connections} connections over {Window}.", EventName = "Draining")]
    public static partial void Draining(ILogger logger, int connections, TimeSpan window);

    [LoggerMessage(34, LogLevel.Warning, "Revocations cannot be read, so that new ones are not followed: {Problem}", EventName = "RevocationsUnread")]
    public static partial void RevocationsUnread(ILogger logger, string problem);

    [LoggerMessage(35, LogLevel.Error, "Open connections could not be checked after a change of rights.", EventName = "LiveCheckFailed")]
    public static partial void LiveCheckFailed(ILogger logger, Exception exception);

    // 33, ShortSecret: moved to TokenLog, the number stays free.

    /// <summary>Says what is open to everybody, or nearly so.</summary>
    public static void Announce(ILogger logger, IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<GatewayOptions>>().Value;
        if (options.Insecure)
        {
            Insecure(logger);
        }

        if (options.AllowAnonymous)
        {
            AnonymousAllowed(logger);
        }

        TokenLog.Announce(logger, services);
    }

    [LoggerMessage(65, LogLevel.Warning, "Commands of a client without a WebSocket did not reach its gateway: {Problem}", EventName = "UplinkFailed")]
    public static partial void UplinkFailed(ILogger logger, string problem);

    [LoggerMessage(66, LogLevel.Warning, "A new connection could not be accepted.", EventName = "AcceptFailed")]
    public static partial void AcceptFailed(ILogger logger, Exception exception);

    [LoggerMessage(67, LogLevel.Error, "Something that became of a socket could not be handled.", EventName = "ReactorFailed")]
    public static partial void ReactorFailed(ILogger logger, Exception exception);

    [LoggerMessage(60, LogLevel.Debug, "Publications did not reach their channel: {Kind}: {Reason}", EventName = "PublishFailed")]
    public static partial void PublishFailed(ILogger logger, string kind, string reason);
}
