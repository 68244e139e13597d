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
    public static async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(ForEvent);
        while (!await condition())
        {
            if (patience.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited {ForEvent} for {what}.");
            }

            await Task.Delay(20);
        }
    }
}
