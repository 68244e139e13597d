namespace WsCluster.Client.Connections;

/// <summary>Asks the application for a token.</summary>
internal static class TokenCall
{
    /// <summary>
    /// Runs the callback on the thread pool: it may take its time. Returns a token, or a failure after which it may be asked again,
    /// or neither: there is none to be had.
    /// </summary>
    public static async Task<(string? Token, WsClusterClientException? Failure)> RunAsync(
        Func<CancellationToken, Task<string?>> getToken, CancellationToken stop)
    {
        try
        {
            var call = Task.Run(() => getToken(stop), stop);
            _ = call.ContinueWith(task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default); // also when nobody waits any more
            var token = await call.WaitAsync(stop);
            return (string.IsNullOrEmpty(token) ? null : token, null);
        }
        catch (UnauthorizedAccessException)
        {
            return (null, null);
        }
        catch (Exception e)
        {
            return (null, new WsClusterClientException(ClientErrorCode.Token, $"no token: {e.Message}", isTemporary: true, e));
        }
    }
}
