using Orleans.Runtime;
using WsCluster.Tests.Simulation.Engine;

namespace WsCluster.Tests.Simulation.World;

/// <summary>
/// Carries calls between gateways, silos and publishers as Orleans does: at most once, in any order, each with a time-out
/// after which nothing is known of it. A dead process neither hears nor answers.
/// </summary>
internal sealed class Network(SimulationLoop loop)
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(3);

    /// <summary>How messages are treated from now on.</summary>
    public Weather Weather { get; set; } = Weather.Calm;

    /// <summary>Calls whose outcome the caller does not know yet.</summary>
    public int InFlight { get; private set; }

    /// <summary>A moment on the way.</summary>
    public TimeSpan Hop() => Chance(Weather.Delay)
        ? LongestDelay * loop.Random.NextDouble()
        : TimeSpan.FromTicks(loop.Random.Next(100, 20_000));

    /// <summary>Calls; the result, or what Orleans throws when there is none.</summary>
    /// <param name="isAlive">Whether the caller is; the answer to a dead one is lost.</param>
    /// <param name="body">Runs at the receiver; ends with null when the receiver is dead.</param>
    /// <param name="timeout">After it the caller gives up.</param>
    public Task<T> CallAsync<T>(Func<bool> isAlive, Func<Task<T>?> body, TimeSpan timeout)
    {
        var call = new TaskCompletionSource<T>(); // continued at once: this is the caller's own thread
        if (!isAlive())
        {
            return call.Task; // for ever: a dead process does nothing more
        }

        InFlight++;
        var timer = loop.Clock.CreateTimer(
            static state => ((TaskCompletionSource<T>)state!).TrySetException(new TimeoutException()), call, timeout, Timeout.InfiniteTimeSpan);
        _ = CarryAsync(call, isAlive, body);
        _ = EndAsync(call.Task, timer);
        return call.Task;
    }

    public bool Chance(double chance) => chance > 0 && loop.Random.NextDouble() < chance;

    private async Task EndAsync(Task call, ITimer timer)
    {
        await call.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        InFlight--;
        timer.Dispose();
    }

    private async Task CarryAsync<T>(TaskCompletionSource<T> call, Func<bool> isAlive, Func<Task<T>?> body)
    {
        var lost = Chance(Weather.Loss);
        if (Chance(Weather.Break))
        {
            _ = BreakAsync(call); // and the request goes on its way
        }

        await Task.Delay(Hop(), loop.Clock);
        if (lost || (call.Task.IsCompleted && call.Task.Exception?.InnerException is TimeoutException))
        {
            return; // a silo drops calls whose time is over
        }

        T result;
        try
        {
            if (body() is not { } running)
            {
                return;
            }

            result = await running;
        }
        catch (Exception e) when (e is not SimulationFault)
        {
            await Task.Delay(Hop(), loop.Clock);
            Answer(() => call.TrySetException(e));
            return;
        }

        await Task.Delay(Hop(), loop.Clock);
        Answer(() => call.TrySetResult(result));

        void Answer(Action answer)
        {
            if (isAlive() && !Chance(Weather.Loss))
            {
                answer();
            }
        }
    }

    private async Task BreakAsync<T>(TaskCompletionSource<T> call)
    {
        await Task.Delay(TimeSpan.FromTicks(loop.Random.Next(100, 20_000)), loop.Clock);
        call.TrySetException(new SiloUnavailableException());
    }
}
