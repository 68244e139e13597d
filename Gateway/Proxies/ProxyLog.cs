namespace WsCluster.Gateway.Proxies;

/// <summary>What is logged about the application's endpoints.</summary>
internal static partial class ProxyLog
{
    [LoggerMessage(301, LogLevel.Warning, "{Url} gave no usable answer: {Problem}", EventName = "NoAnswer")]
    public static partial void NoAnswer(ILogger logger, string url, string problem);

    [LoggerMessage(302, LogLevel.Warning, "{Url} is not asked: too many questions wait (WsCluster:Proxy:MaxConcurrency, MaxWaiting).", EventName = "TooMany")]
    public static partial void TooMany(ILogger logger, string url);

    [LoggerMessage(303, LogLevel.Error, "A proxy is to decide, but it has no address (WsCluster:Proxy).", EventName = "NoAddress")]
    public static partial void NoAddress(ILogger logger);

    [LoggerMessage(304, LogLevel.Error, "A refresh by the server failed.", EventName = "RefreshFailed")]
    public static partial void RefreshFailed(ILogger logger, Exception exception);
}
