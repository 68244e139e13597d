using System.Diagnostics;
using System.Globalization;
using WsCluster.Client;

namespace WsCluster.Gateway.CommandLine;

/// <summary>
/// A small load run: publishers publish when it is due, whatever the answers do, and subscribers count. A time is from when the
/// message was due, so that a cluster that stalls is not excused by publishers that wait for it.
/// </summary>
internal sealed class BenchRun(BenchPlan plan, Func<WsClusterClient> createClient, Uri address, ProgressLine progress) : IAsyncDisposable
{
    private const int ConnectsAtOnce = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly List<WsClusterClient> _clients = [];
    private readonly List<Subscription> _subscriptions = [];
    private readonly CancellationTokenSource _reading = new();
    private readonly Lock _sync = new();
    private long _due;
    private long _acknowledged;
    private long _refused;
    private long _received;
    private long _gaps;
    private string? _firstRefusal;

    /// <summary>From when a message was due to its arrival at a subscriber.</summary>
    public LatencyRecorder Delivery { get; } = new();

    /// <summary>From when a message was due to its acknowledgement.</summary>
    public LatencyRecorder Acknowledgement { get; } = new();

    /// <summary>Runs it all; when it is interrupted while publishing, what was done until then counts.</summary>
    public async Task<BenchResult> RunAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await OpenAsync(plan.Subscribers + plan.Publishers, cancellationToken);
        await SubscribeAsync(cancellationToken);
        var connecting = Stopwatch.GetElapsedTime(started);
        var readers = _subscriptions.ConvertAll(subscription => Task.Run(() => ReadAsync(subscription), CancellationToken.None));

        var cpuBefore = Environment.CpuUsage.TotalTime;
        var begin = Stopwatch.GetTimestamp();
        var publishers = _clients.Skip(plan.Subscribers).Select((client, i) => Task.Run(() => PublishAsync(client, i, begin, cancellationToken), CancellationToken.None)).ToList();
        await ShowAsync(Task.WhenAll(publishers), begin);
        var publishing = Stopwatch.GetElapsedTime(begin);
        var cpu = Environment.CpuUsage.TotalTime - cpuBefore;
        await WaitForTheRestAsync();
        await _reading.CancelAsync();
        await Task.WhenAll(readers);
        return new BenchResult
        {
            Connecting = connecting,
            Publishing = publishing,
            Due = _due,
            Acknowledged = _acknowledged,
            Refused = _refused,
            FirstRefusal = _firstRefusal,
            Received = _received,
            Gaps = _gaps,
            Cores = cpu / publishing,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _reading.CancelAsync();
        await Task.WhenAll(_clients.Select(client => client.DisposeAsync().AsTask()));
        _reading.Dispose();
    }

    private long Expected => Volatile.Read(ref _acknowledged) * plan.Subscribers;

    private async Task OpenAsync(int count, CancellationToken cancellationToken)
    {
        for (var i = 0; i < count; i += ConnectsAtOnce)
        {
            var slice = Enumerable.Range(i, Math.Min(ConnectsAtOnce, count - i)).Select(_ => createClient()).ToList();
            _clients.AddRange(slice);
            await Task.WhenAll(slice.Select(client => ClientConnection.ConnectAsync(client, address, cancellationToken)));
            progress.Report(string.Create(CultureInfo.InvariantCulture, $"{_clients.Count} of {count} connected"));
        }
    }

    private async Task SubscribeAsync(CancellationToken cancellationToken)
    {
        try
        {
            _subscriptions.AddRange(_clients.Take(plan.Subscribers).Select(client => client.NewSubscription(plan.Channel, new SubscriptionOptions { BufferCapacity = 65_536 })));
            await Task.WhenAll(_subscriptions.Select(subscription => subscription.SubscribeAsync(cancellationToken)));
        }
        catch (WsClusterClientException e)
        {
            throw new CommandFailure($"The gateway refused to subscribe to {plan.Channel}: {e.Reason} ({e.Code}). Name a channel with --channel that clients may use.");
        }
    }

    private async Task ReadAsync(Subscription subscription)
    {
        try
        {
            await foreach (var publication in subscription.ReadAllAsync(_reading.Token))
            {
                if (BenchPayload.AgeOf(publication.Data.Span, Stopwatch.GetTimestamp()) is { } age)
                {
                    Interlocked.Increment(ref _received);
                    Delivery.Add(age);
                }

                if (publication.AfterGap)
                {
                    Interlocked.Increment(ref _gaps);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WsClusterClientException)
        {
            // The run is over, or this subscriber's connection is: what it does not get counts as lost.
        }
    }

    private async Task PublishAsync(WsClusterClient client, int number, long begin, CancellationToken cancellationToken)
    {
        var interval = TimeSpan.FromSeconds((double)plan.Publishers / plan.Rate);
        var answers = new List<Task>();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (var n = 0L; ;)
        {
            while (true)
            {
                var dueAfter = (interval * n) + (interval * number / plan.Publishers);
                if (dueAfter >= plan.Duration || cancellationToken.IsCancellationRequested)
                {
                    await Task.WhenAll(answers);
                    return;
                }

                if (Stopwatch.GetElapsedTime(begin) < dueAfter)
                {
                    break;
                }

                n++;
                answers.Add(PublishOneAsync(client, begin + (long)(dueAfter.TotalSeconds * Stopwatch.Frequency)));
            }

            answers.RemoveAll(answer => answer.IsCompleted);
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private async Task PublishOneAsync(WsClusterClient client, long dueAt)
    {
        Interlocked.Increment(ref _due);
        try
        {
            await client.PublishAsync(plan.Channel, BenchPayload.Write(dueAt, plan.PayloadBytes), CancellationToken.None);
            Acknowledgement.Add(Stopwatch.GetElapsedTime(dueAt));
            Interlocked.Increment(ref _acknowledged);
        }
        catch (WsClusterClientException e)
        {
            Interlocked.Increment(ref _refused);
            lock (_sync)
            {
                _firstRefusal ??= $"{e.Reason} ({e.Code})";
            }
        }
    }

    private async Task ShowAsync(Task publishing, long begin)
    {
        while (await Task.WhenAny(publishing, Task.Delay(200)) != publishing)
        {
            progress.Report(string.Create(
                CultureInfo.InvariantCulture,
                $"{Stopwatch.GetElapsedTime(begin).TotalSeconds:0.0} of {plan.Duration.TotalSeconds:0.#} s: {Volatile.Read(ref _acknowledged)} published, {Volatile.Read(ref _received)} delivered"));
        }

        await publishing;
    }

    /// <summary>What is on its way may come, as long as anything does.</summary>
    private async Task WaitForTheRestAsync()
    {
        var last = Stopwatch.GetTimestamp();
        for (var received = Volatile.Read(ref _received); received < Expected && Stopwatch.GetElapsedTime(last) < Patience;)
        {
            await Task.Delay(20);
            var now = Volatile.Read(ref _received);
            last = now > received ? Stopwatch.GetTimestamp() : last;
            received = now;
            progress.Report(string.Create(CultureInfo.InvariantCulture, $"waiting for the last: {received} of {Expected} delivered"));
        }
    }
}
