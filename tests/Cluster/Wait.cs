namespace WsCluster.Tests.Cluster;

/// <summary>Waits for a condition, with a timeout that names what was missing.</summary>
internal static class Wait
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task UntilAsync(string what, Func<bool> condition) => UntilAsync(what, () => Task.FromResult(condition()));

    /// <summary>Repeats a question until its answer is yes; one that fails, as calls do while silos change, is a no.</summary>
    public static async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        var deadline = Environment.TickCount64 + (long)Limit.TotalMilliseconds;
        Exception? last = null;
        while (Environment.TickCount64 < deadline)
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                last = e;
            }

            await Task.Delay(10);
        }

        throw new TimeoutException($"Waited {Limit} in vain for: {what}.", last);
    }

    /// <summary>Repeats a call until it succeeds.</summary>
    public static async Task<T> ForAsync<T>(string what, Func<Task<T>> call)
    {
        T result = default!;
        await UntilAsync(what, async () =>
        {
            result = await call();
            return true;
        });
        return result;
    }
}
