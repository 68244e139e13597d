using System.Diagnostics;

namespace WsCluster.Load;

/// <summary>One run: connect everybody, publish, wait for the last delivery, count.</summary>
internal sealed class LoadRun(LoadOptions options)
{
    private const int ConnectingAtOnce = 50;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan DrainSilence = TimeSpan.FromSeconds(3);

    private readonly LoadPlan _plan = new(options);
    private readonly LoadRunState _state = new();

    public async Task<Report> RunAsync()
    {
        var subscribers = Enumerable.Range(0, options.Connections)
            .Select(n => new Subscriber(_plan, _state, n, options.Publishers)).ToArray();
        var publishers = Enumerable.Range(0, options.Publishers)
            .Select(n => new Publisher(options, _plan, _state, n)).ToArray();
        _state.Publishers = publishers;
        Connection[] all = [.. publishers, .. subscribers];
        _ = options.ServerPids.Select(ProcessStatistics.Read).ToArray(); // a wrong one is told now, not after the warm-up
        try
        {
            var connecting = Stopwatch.StartNew();
            await OpenAsync(all);
            connecting.Stop();
            Say($"{all.Length} connections are open after {connecting.Elapsed.TotalSeconds:F1} s; publishing");

            _state.Window = MeasuredWindow.After(TimeSpan.FromMilliseconds(200), options);
            var publishing = Task.WhenAll(publishers.Select(p => Task.Run(p.PublishAsync)));
            var usage = await MeasureUsageAsync(subscribers);
            await publishing;
            await DrainAsync(subscribers, publishers);
            await Task.WhenAll(all.Select(c => c.CloseAsync()));
            return Report.Of(options, _state, subscribers, connecting.Elapsed, usage);
        }
        finally
        {
            foreach (var connection in all)
            {
                connection.Dispose();
            }
        }
    }

    private static void Say(string text) => Console.Error.WriteLine(text);

    private static async Task OpenAsync(Connection[] all)
    {
        using var timeout = new CancellationTokenSource(ConnectTimeout);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = ConnectingAtOnce, CancellationToken = timeout.Token };
        try
        {
            await Parallel.ForEachAsync(all, limits, async (connection, cancellation) => await connection.OpenAsync(cancellation));
        }
        catch (OperationCanceledException)
        {
            throw new LoadException($"Not all of the {all.Length} connections were answered within {ConnectTimeout.TotalSeconds} s.");
        }
    }

    private async Task<Usage> MeasureUsageAsync(Subscriber[] subscribers)
    {
        var window = _state.Window!;
        int[] pids = [.. options.ServerPids, Environment.ProcessId];
        await MeasuredWindow.UntilAsync(window.Start);
        var before = pids.Select(ProcessStatistics.Read).ToArray();
        var machineBefore = MachineStatistics.ReadCpuSeconds();
        for (var second = 1; second < options.Duration.TotalSeconds; second++)
        {
            await MeasuredWindow.UntilAsync(Math.Min(window.End, window.Start + (second * Stopwatch.Frequency)));
            if (second % 5 == 0)
            {
                Say($"  {second} s: {Delivered(subscribers):N0} deliveries so far");
            }
        }

        await MeasuredWindow.UntilAsync(window.End);
        var after = pids.Select(ProcessStatistics.Read).ToArray();
        return new Usage
        {
            Before = before[..^1],
            After = after[..^1],
            OwnCpuSeconds = after[^1].CpuSeconds - before[^1].CpuSeconds,
            MachineCpuSeconds = MachineStatistics.ReadCpuSeconds() - machineBefore,
        };
    }

    // Until everything arrived, and half a second for repetitions; or until nothing comes any more.
    private async Task DrainAsync(Subscriber[] subscribers, Publisher[] publishers)
    {
        var expected = publishers.Sum(p => Enumerable.Range(0, options.Channels)
            .Sum(c => _plan.CountInChannel(p.Number, c, p.Published) * _plan.SubscribersOf(c)));
        var silence = Stopwatch.StartNew();
        for (var seen = Delivered(subscribers); seen < expected && silence.Elapsed < DrainSilence;)
        {
            await Task.Delay(50);
            if (Delivered(subscribers) is var now && now > seen)
            {
                seen = now;
                silence.Restart();
            }
        }

        await Task.Delay(500);
    }

    private static long Delivered(Subscriber[] subscribers) => subscribers.Sum(s => s.Ledger.Delivered);
}
