namespace WsCluster.Gateway.ServerApi;

/// <summary>What the HTTP API logs. Never keys, never data.</summary>
internal static partial class ApiLog
{
    /// <summary>Says at start who may call.</summary>
    public static void Announce(ILogger logger, ApiOptions options)
    {
        if (options.Insecure)
        {
            Insecure(logger, options.Prefix);
        }
        else if (options.Keys.Count == 0)
        {
            NoKeys(logger, options.Prefix);
        }
    }

    [LoggerMessage(201, LogLevel.Warning, "INSECURE: the HTTP API at {Prefix} answers everyone without a key (WsCluster:Api:Insecure is true). Anyone who reaches this port can publish and disconnect users.", EventName = "Insecure")]
    private static partial void Insecure(ILogger logger, string prefix);

    [LoggerMessage(202, LogLevel.Information, "The HTTP API at {Prefix} refuses every call: no key is set (WsCluster:Api:Keys).", EventName = "NoKeys")]
    private static partial void NoKeys(ILogger logger, string prefix);

    [LoggerMessage(203, LogLevel.Error, "API method {Method} failed.", EventName = "MethodFailed")]
    public static partial void MethodFailed(ILogger logger, string method, Exception exception);

    [LoggerMessage(204, LogLevel.Debug, "API method {Method} was refused with {Code}: {Reason}", EventName = "MethodRefused")]
    public static partial void MethodRefused(ILogger logger, string method, ErrorCode code, string reason);

    [LoggerMessage(205, LogLevel.Debug, "An API request could not be decoded: {Reason}", EventName = "Undecodable")]
    public static partial void Undecodable(ILogger logger, string reason);
}
