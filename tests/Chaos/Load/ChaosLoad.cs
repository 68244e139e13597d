using System.Diagnostics;
using WsCluster.Tests.Chaos.Check;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>All clients of a run: subscribers, churners, one that wants what it may not have, visitors, and the publishers.</summary>
internal sealed class ChaosLoad : IAsyncDisposable
{
    /// <summary>The publisher of roll calls; the others count up from it.</summary>
    private const int FirstPublisher = 1;

    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(250);

    private readonly LoadSettings _settings;
    private readonly CancellationTokenSource _stopPublishing = new();
    private readonly CancellationTokenSource _stopTicking = new();
    private readonly HttpPublisher _http;
    private readonly SetPublisher _sets;
    private readonly IReadOnlyList<SocketPublisher> _sockets;
    private readonly List<Task> _publishing = [];
    private Task _ticking = Task.CompletedTask;

    public ChaosLoad(LoadSettings settings, string apiKey, Balancer balancer, Random random)
    {
        _settings = settings;
        Channels = new ChaosChannels(settings.ChannelsPerKind);
        RollCaller = new HttpPublisher(FirstPublisher, apiKey, balancer, Publishes);
        _http = new HttpPublisher(FirstPublisher + 1, apiKey, balancer, Publishes);
        _sets = new SetPublisher(FirstPublisher + 2, apiKey, balancer, Publishes, Channels.InSets);
        Readers = new InboxReaders(balancer, ChaosChannels.Readers);
        Visitors = new Visitors(balancer, Channels);
        _sockets = [.. Enumerable.Range(0, settings.SocketPublishers).Select(i => new SocketPublisher(FirstPublisher + 3 + i, balancer, Publishes))];
        Clients =
        [
            .. Enumerable.Range(0, settings.Subscribers).Select(i => new LoadClient($"subscriber-{i}", Pick(Channels.Open, i), balancer, Statistics)),
            .. Enumerable.Range(0, settings.Churners).Select(i => new ChurningClient($"churner-{i}", Pick(Channels.WithoutPresence, random.Next()), balancer, Statistics)),
            new LoadClient("intruder", [ChaosChannels.Forbidden, Channels.Open[0]], balancer, Statistics),
        ];
    }

    public ChaosChannels Channels { get; }

    public ClientStatistics Statistics { get; } = new();

    public PublishLog Publishes { get; } = new();

    public IReadOnlyList<LoadClient> Clients { get; }

    /// <summary>Users who read their inboxes.</summary>
    public InboxReaders Readers { get; }

    /// <summary>Users who look in and go again.</summary>
    public Visitors Visitors { get; }

    /// <summary>Publishes one at a time, for roll calls and faults that need a publication.</summary>
    public HttpPublisher RollCaller { get; }

    /// <summary>Connects everybody, spread over a few seconds, and waits until all are live.</summary>
    public async Task StartAsync()
    {
        _ticking = TickAsync();
        foreach (var batch in Clients.Chunk(50))
        {
            foreach (var client in batch)
            {
                client.Start();
            }

            await Task.Delay(50);
        }

        await WaitForAsync("live", Clients.Where(c => !c.IsWell()));
    }

    /// <summary>Starts the publishers; they go on whatever happens.</summary>
    public void StartPublishing()
    {
        _publishing.Add(_http.RunAsync([.. Channels.Published, .. ChaosChannels.Inboxes], _settings.HttpRate, _stopPublishing.Token));
        _publishing.Add(Readers.RunAsync(_settings.InboxRate, _stopPublishing.Token));
        _publishing.Add(Visitors.RunAsync(_settings.VisitRate, _stopPublishing.Token));
        _publishing.Add(_sets.RunAsync(_settings.SetRate, _stopPublishing.Token));
        foreach (var socket in _sockets)
        {
            _publishing.Add(socket.RunAsync(Channels.Published, _settings.SocketRate / _sockets.Count, _stopPublishing.Token));
        }
    }

    /// <summary>Ends the publishing, waits for all outcomes, and lets churners return to their channels.</summary>
    public async Task StopPublishingAsync()
    {
        foreach (var churner in Clients.OfType<ChurningClient>())
        {
            churner.IsResting = true;
        }

        await _stopPublishing.CancelAsync();
        await Task.WhenAll(_publishing);
        await _http.SettleAsync();
        await _sets.SettleAsync();
        await Visitors.SettleAsync();
        await Readers.SettleAsync();
    }

    /// <summary>Waits until the churners, which rest by now, are back in all of their channels.</summary>
    public Task WaitForChurnersAsync() => WaitForAsync("back", Clients.OfType<ChurningClient>().Where(c => !c.HasReturned()));

    /// <summary>Who is connected to a presence channel, by connection id.</summary>
    public HashSet<string> ConnectedTo(string channel) => [.. Clients.Where(c => c.Wants(channel)).Select(c => c.ConnectionId)];

    /// <summary>Hands all logs to the checker.</summary>
    public void Drain(Checker checker, Action<Disconnection> disconnections)
    {
        foreach (var client in Clients)
        {
            client.Drain(checker.Take, disconnections);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopPublishing.CancelAsync();
        await Task.WhenAll(_publishing);
        await Task.WhenAll(Clients.Select(c => c.DisposeAsync().AsTask()));
        await _stopTicking.CancelAsync();
        await _ticking;
        await _http.SettleAsync();
        _http.Dispose();
        await _sets.SettleAsync();
        await Visitors.SettleAsync();
        await Readers.SettleAsync();
        _sets.Dispose();
        RollCaller.Dispose();
        _stopPublishing.Dispose();
        _stopTicking.Dispose();
    }

    private Task WaitForAsync(string state, IEnumerable<LoadClient> others) => Patience.UntilNoTroubleAsync(
        Patience.ForScenario,
        () => Task.FromResult(others.ToList() is { Count: > 0 } missing
            ? $"{missing.Count} of {Clients.Count} clients are not {state}, such as:\n{string.Join('\n', missing.Take(10))}"
            : null));

    /// <summary>Neighbours in the list are of one kind, so a subscriber's channels are spread over it.</summary>
    private IEnumerable<string> Pick(IReadOnlyList<string> channels, long index) => Enumerable.Range(0, _settings.ChannelsPerSubscriber)
        .Select(i => channels[(int)((index + (i * ((channels.Count / 2) + 1))) % channels.Count)]).Distinct();

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(TickEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopTicking.Token))
            {
                var now = Stopwatch.GetTimestamp();
                foreach (var client in Clients)
                {
                    client.Tick(now);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // stopped
        }
    }
}
