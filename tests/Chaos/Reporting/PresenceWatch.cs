using System.Diagnostics;
using WsCluster.Tests.Chaos.Check;
using WsCluster.Tests.Chaos.Load;

namespace WsCluster.Tests.Chaos.Reporting;

/// <summary>
/// Compares presence with who is connected, through one fault: when each channel was last seen wrong. A look counts only when
/// nobody came or went while it was taken.
/// </summary>
internal sealed class PresenceWatch : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    private readonly ChaosLoad _load;
    private readonly ApiReader _api;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, long> _lastWrong = [];
    private readonly Task _watching;

    public PresenceWatch(ChaosLoad load, ApiReader api)
    {
        _load = load;
        _api = api;
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Waits at most this long until presence is right everywhere. Returns the last look at each channel.</summary>
    public async Task<IReadOnlyList<PresenceReading>> SettleAsync(TimeSpan patience)
    {
        await StopAsync();
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var readings = await LookAsync();
            if (readings.All(r => r.Connected.SetEquals(r.Reported)) || Stopwatch.GetElapsedTime(start) > patience)
            {
                return readings;
            }

            await Task.Delay(Every);
        }
    }

    /// <summary>When each channel that was wrong became right, in seconds after the blow.</summary>
    public IEnumerable<double> RightAfter(long struckAt) =>
        _lastWrong.Values.Where(at => at > struckAt).Select(at => Stopwatch.GetElapsedTime(struckAt, at).TotalSeconds);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _watching;
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await LookAsync();
            await Task.Delay(Every, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private async Task<IReadOnlyList<PresenceReading>> LookAsync()
    {
        var readings = new List<PresenceReading>();
        foreach (var channel in _load.Channels.WithPresence)
        {
            var before = _load.ConnectedTo(channel);
            PresenceReading reading;
            try
            {
                reading = new PresenceReading(channel, before, await _api.ReadPresenceAsync(channel));
            }
            catch (TimeoutException)
            {
                reading = new PresenceReading(channel, before, new HashSet<string> { "no answer" });
            }

            readings.Add(reading);
            if (!before.SetEquals(reading.Reported) && before.SetEquals(_load.ConnectedTo(channel)))
            {
                _lastWrong[channel] = Stopwatch.GetTimestamp();
            }
        }

        return readings;
    }
}
