namespace WsCluster.Tests.Unit;

/// <summary>Waits for a condition, with a timeout that names what was missing.</summary>
internal static class Wait
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task UntilAsync(string what, Func<bool> condition) => UntilAsync(what, () => Task.FromResult(condition()));

    public static async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        var deadline = Environment.TickCount64 + (long)Limit.TotalMilliseconds;
        while (!await condition())
        {
            if (Environment.TickCount64 > deadline)
            {
                throw new TimeoutException($"Waited {Limit} in vain for: {what}.");
            }

            await Task.Delay(2);
        }
    }

    public static async Task ForAsync(string what, Task task)
    {
        try
        {
            await task.WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Waited {Limit} in vain for: {what}.");
        }
    }
}
