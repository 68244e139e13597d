namespace WsCluster.Tests.Harness;

/// <summary>Starting again when a process ended early, most likely because another one was faster to take its port.</summary>
internal static class Retry
{
    public static async Task<T> OnOtherPortsAsync<T>(Func<Task<T>> start)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await start();
            }
            catch (ProcessEndedException) when (attempt < 3)
            {
            }
        }
    }
}
