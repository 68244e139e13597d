using WsCluster.Tests.Chaos.Network;

namespace WsCluster.Tests.Chaos.Cluster;

/// <summary>A silo or gateway of the cluster: a place that one process after the other fills.</summary>
internal sealed class Member(string name, TcpProxy redis, Uri address, Func<Task<(ServerProcess Process, IAsyncDisposable Owner)>> start)
{
    private IAsyncDisposable? _owner;

    public string Name => name;

    /// <summary>Its way to Redis.</summary>
    public TcpProxy Redis => redis;

    /// <summary>Its HTTP address.</summary>
    public Uri Address => address;

    /// <summary>The process that runs or ran last.</summary>
    public ServerProcess Process { get; private set; } = null!;

    /// <summary>It is down on purpose or being started: nobody else starts it.</summary>
    public bool IsHeldDown { get; private set; }

    /// <summary>Starts it and waits until it is ready; tries again when it ends early, as an orchestrator does.</summary>
    public async Task StartAsync()
    {
        IsHeldDown = true;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (_owner is { } last)
                {
                    _owner = null; // an attempt that fails leaves nothing to end a second time
                    await last.DisposeAsync();
                }

                (Process, _owner) = await start();
                IsHeldDown = false;
                return;
            }
            catch (Exception e) when (e is ProcessEndedException or TimeoutException && attempt < 10)
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
        }
    }

    /// <summary>Kills it (SIGKILL).</summary>
    public Task KillAsync()
    {
        IsHeldDown = true;
        return Process.KillAsync();
    }

    /// <summary>Stops it gracefully (SIGTERM) and returns its exit code.</summary>
    public Task<int> StopAsync()
    {
        IsHeldDown = true;
        return Process.StopAsync();
    }

    public async ValueTask EndAsync()
    {
        IsHeldDown = true;
        if (_owner is not null)
        {
            await _owner.DisposeAsync();
        }

        await redis.DisposeAsync();
    }
}
