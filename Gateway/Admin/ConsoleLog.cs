using System.Net;

namespace WsCluster.Gateway.Admin;

/// <summary>What is logged about the console.</summary>
internal static partial class ConsoleLog
{
    [LoggerMessage(801, LogLevel.Information, "The console was signed in to from {Address}: session {Session}.", EventName = "SignedIn")]
    public static partial void SignedIn(ILogger logger, IPAddress? address, string session);

    [LoggerMessage(802, LogLevel.Information, "Console session {Session} was signed out.", EventName = "SignedOut")]
    public static partial void SignedOut(ILogger logger, string session);

    [LoggerMessage(803, LogLevel.Warning, "A wrong password for the console came from {Address}.", EventName = "WrongPassword")]
    public static partial void WrongPassword(ILogger logger, IPAddress? address);

    [LoggerMessage(804, LogLevel.Warning, "Too many attempts to sign in to the console, the last from {Address}.", EventName = "TooManyAttempts")]
    public static partial void TooManyAttempts(ILogger logger, IPAddress? address);

    [LoggerMessage(805, LogLevel.Debug, "The cluster could not be asked for its figures: {Reason}", EventName = "NotWatched")]
    public static partial void NotWatched(ILogger logger, string reason);
}
