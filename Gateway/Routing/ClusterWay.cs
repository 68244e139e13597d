using WsCluster.Gateway.Hosting;
using WsCluster.Routing;

namespace WsCluster.Gateway.Routing;

/// <summary>
/// The way to a grain: Orleans' own, through a silo of its choice. When a call got no answer that way, the following go to the
/// entrance of the silo that the grain was on, as long as that is heard, and else or when that gives none either to another
/// one's.
/// </summary>
/// <remarks>All calls may be made twice: a call that is given up may still arrive.</remarks>
internal abstract class ClusterWay(SiloEntrances entrances, GatewayOptions options, TimeProvider time)
{
    // What is wrong on Orleans' way passes, or the cluster ends the silo that is in it.
    private static readonly TimeSpan DetourTime = TimeSpan.FromSeconds(30);
    private const int MostPatience = 5;
    private const int MostCalls = 3;

    private readonly Lock _sync = new(); // guards the fields below
    private string? _siloId; // where the grain was
    private string? _detour; // the silo whose entrance is taken
    private long _detourSince;
    private int _failures; // in a row

    /// <summary>
    /// Asks in one way, and when no answer comes in others as well; the first answer counts. What is only slow is not given up, so asking
    /// again makes nothing slower than it is.
    /// </summary>
    /// <param name="call">Makes the call: by the entrance, or in Orleans' way where that is null.</param>
    /// <param name="level">What the entrance has to have, <see cref="DeliveryBatch.EntranceLevel"/>.</param>
    /// <param name="late">Runs after a call that succeeded when another one had answered already: what it said may be out of date by then.</param>
    public async Task<T> AskAsync<T>(Func<ISiloEntrance?, Task<T>> call, int level, Action? late = null)
    {
        var calls = new List<Task<T>>(1);
        try
        {
            for (var made = 0; ;)
            {
                var (entrance, patience) = Choose(level);
                if (made < MostCalls)
                {
                    calls.Add(call(entrance));
                    made++;
                }

                if (await FirstAsync(calls, made < MostCalls ? patience : Timeout.InfiniteTimeSpan) is not { } ended)
                {
                    Failed();
                    continue;
                }

                calls.Remove(ended);
                try
                {
                    var answer = await ended;
                    Succeeded();
                    return answer;
                }
                catch (Exception e) when (IsOfTheWay(e))
                {
                    Failed();
                    if (calls.Count == 0)
                    {
                        throw;
                    }
                }
            }
        }
        finally
        {
            foreach (var left in calls)
            {
                _ = WatchAsync(left, late);
            }
        }
    }

    /// <summary>Makes one attempt, which ends when its time is over.</summary>
    protected async Task<T> TryAsync<T>(Func<ISiloEntrance?, Task<T>> call)
    {
        var (entrance, patience) = Choose(level: 0);
        try
        {
            var answer = await call(entrance).WaitAsync(patience, time);
            Succeeded();
            return answer;
        }
        catch (Exception e) when (IsOfTheWay(e))
        {
            Failed();
            throw;
        }
    }

    /// <summary>The grain is on this silo.</summary>
    protected void Found(string siloId)
    {
        lock (_sync)
        {
            _siloId = siloId;
        }
    }

    private static bool IsOfTheWay(Exception exception) => ClusterCalls.IsPassing(exception) && exception is not WsClusterException;

    private static async Task WatchAsync<T>(Task<T> call, Action? late)
    {
        try
        {
            await call;
        }
        catch (Exception)
        {
            return; // another one was answered
        }

        late?.Invoke();
    }

    /// <summary>The first call that ends; null when none does in that time.</summary>
    private async Task<Task<T>?> FirstAsync<T>(List<Task<T>> calls, TimeSpan patience)
    {
        try
        {
            return await Task.WhenAny(calls).WaitAsync(patience, time);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Where to go, and how long to wait: longer after each failure, for it may be that everything is slow.</summary>
    private (ISiloEntrance? Entrance, TimeSpan Patience) Choose(int level)
    {
        lock (_sync)
        {
            if (_detour is not null && time.GetElapsedTime(_detourSince) > DetourTime)
            {
                _detour = null;
            }

            var entrance = _detour is null ? null : entrances.Find(_detour, level) ?? entrances.Next(level)?.Entrance;
            return (entrance, options.AttemptTimeout * Math.Clamp(_failures, 1, MostPatience));
        }
    }

    private void Succeeded()
    {
        lock (_sync)
        {
            _failures = 0;
        }
    }

    private void Failed()
    {
        lock (_sync)
        {
            _failures++;
            _detour = (_siloId is not null && entrances.Find(_siloId) is not null ? _siloId : null) ?? entrances.Next()?.SiloId;
            _siloId = null; // tried once
            _detourSince = time.GetTimestamp();
        }
    }
}
