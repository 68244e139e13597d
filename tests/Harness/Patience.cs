namespace WsCluster.Tests.Harness;

/// <summary>How long the tests wait for something that must happen. No test says how fast anything is.</summary>
internal static class Patience
{
    /// <summary>For a process to start or end.</summary>
    public static readonly TimeSpan ForStart = TimeSpan.FromSeconds(60);

    /// <summary>For an answer or an event.</summary>
    public static readonly TimeSpan ForEvent = TimeSpan.FromSeconds(30);

    /// <summary>For a whole scenario.</summary>
    public static readonly TimeSpan ForScenario = TimeSpan.FromSeconds(120);

    /// <summary>Waits until the condition holds; says what was missing when it does not.</summary>
    public static Task UntilAsync(string what, Func<Task<bool>> condition) =>
        UntilNoTroubleAsync(ForEvent, async () => await condition() ? null : $"missing is {what}.");

    /// <summary>Waits until there is no trouble any more; says what the last was when it stays.</summary>
    /// <param name="limit">How long to wait.</param>
    /// <param name="trouble">What is not as it must be; null: everything is.</param>
    public static async Task UntilNoTroubleAsync(TimeSpan limit, Func<Task<string?>> trouble)
    {
        using var patience = new CancellationTokenSource(limit);
        while (await trouble() is { } left)
        {
            if (patience.IsCancellationRequested)
            {
                throw new TimeoutException($"After {limit}: {left}");
            }

            await Task.Delay(20);
        }
    }
}
