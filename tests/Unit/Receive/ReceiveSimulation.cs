using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Receive;

/// <summary>
/// One random schedule: clients come, recover and go while batches are lost, doubled, reordered and late, calls fail or
/// hang, the channel moves, loses its stream, forgets history. Then everything heals, and the clients' logs are judged.
/// The seed decides every step; what is left to chance is how far the gateway's own work gets in between.
/// </summary>
internal sealed class ReceiveSimulation : IDisposable
{
    private const int Clients = 4;
    private const int Steps = 60;

    private readonly Random _random;
    private readonly Random _fates; // of calls, which come from any thread; guarded by _waiting
    private readonly ReceivingGateway _gateway = new(options => options.MaxRecoveryPublications = 8);
    private readonly List<Player> _players = [];
    private readonly List<TaskCompletionSource> _waiting = []; // calls on their way; guarded by itself
    private readonly bool _sequenced;
    private int _silo = 1;
    private bool _healed;

    public ReceiveSimulation(int seed)
    {
        _random = new Random(seed);
        _fates = new Random(seed);
        _sequenced = _random.Next(2) == 0;
        Channel.HoldsBatches = true;
        Channel.Before = call => OnCall(failing: true);
        Channel.After = call => OnCall(failing: false);
        for (var i = 0; i < Clients; i++)
        {
            _players.Add(new Player(_gateway, positioned: i > 0));
        }
    }

    private FakeChannel Channel => _gateway.Channel();

    private bool IsSettled =>
        _players.TrueForAll(player => player.IsDone)
        && (_gateway.Channels.Find("news")?.Link.IsQuiet ?? true)
        && _players.TrueForAll(player => player.IsFlushed);

    /// <summary>Runs the schedule; the first fault, or null.</summary>
    public async Task<string?> RunAsync()
    {
        for (var i = 0; i < Steps; i++)
        {
            Step();
            if (_random.Next(4) > 0)
            {
                await Task.Yield();
            }
        }

        await HealAsync();
        return FindFault();
    }

    public void Dispose() => _gateway.Dispose();

    private void Step()
    {
        switch (_random.Next(24))
        {
            case < 7:
                Publish();
                break;
            case < 12:
                DeliverOne(0);
                break;
            case 12 when Channel.Outgoing.Count > 0:
                Channel.Outgoing.RemoveAt(_random.Next(Channel.Outgoing.Count)); // lost
                break;
            case 13 when Channel.Outgoing.Count > 0:
                DeliverOne(_random.Next(Channel.Outgoing.Count)); // overtakes
                break;
            case 14 when Channel.Outgoing.Count > 0:
                Channel.Outgoing.Add(Channel.Outgoing[_random.Next(Channel.Outgoing.Count)]); // comes twice
                break;
            case 15 when _random.Next(3) == 0:
                Channel.Move($"silo-{++_silo}", losesStream: _random.Next(2) == 0, tells: _random.Next(2) == 0);
                break;
            case 16:
                RebindAll();
                break;
            case 17:
                Channel.Trim(_random.Next(4));
                break;
            case 18:
                _gateway.Time.Advance(TimeSpan.FromMilliseconds(_random.Next(2000)));
                break;
            case 19 or 20:
                Release(1);
                break;
            default:
                _players[_random.Next(Clients)].Act(_random);
                break;
        }
    }

    private void Publish()
    {
        var next = Channel.Top.Offset + 1;
        Channel.Publish($$"""{"e":"{{Channel.Top.Epoch}}","o":{{next}} }""");
    }

    private void DeliverOne(int index)
    {
        if (Channel.Outgoing.Count == 0)
        {
            return;
        }

        var (observer, batch) = Channel.Outgoing[index];
        Channel.Outgoing.RemoveAt(index);

        // Without their true sequence the batches' loss and order is seen by offsets alone.
        _ = observer.DeliverAsync(_sequenced ? batch : new DeliveryBatch
        {
            SiloId = batch.SiloId,
            OutboxId = Guid.NewGuid(),
            Sequence = 1,
            Entries = batch.Entries,
        });
    }

    private void RebindAll()
    {
        for (var silo = 1; silo <= _silo; silo++)
        {
            _gateway.Silos.Rebind($"silo-{silo}", 0);
        }
    }

    private Task OnCall(bool failing)
    {
        lock (_waiting)
        {
            var dice = _healed ? 0 : _fates.Next(10);
            if (dice == 9 && failing)
            {
                return Task.FromException(new TimeoutException());
            }

            if (dice < 6)
            {
                return Task.CompletedTask;
            }

            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add(gate);
            return gate.Task;
        }
    }

    private void Release(int count)
    {
        lock (_waiting)
        {
            for (; count > 0 && _waiting.Count > 0; count--)
            {
                var index = _random.Next(_waiting.Count);
                _waiting[index].SetResult();
                _waiting.RemoveAt(index);
            }
        }
    }

    /// <summary>The network works again, the silo is heard, everybody is done with what they asked for.</summary>
    private async Task HealAsync()
    {
        lock (_waiting)
        {
            _healed = true;
        }

        Release(int.MaxValue);
        while (Channel.Outgoing.Count > 0)
        {
            DeliverOne(0);
        }

        await SettleAsync();
        RebindAll(); // as the silo's silence, a missing batch or the word of a new silo does
        await SettleAsync();
        Channel.HoldsBatches = false;
        Publish();
        await SettleAsync();
    }

    private async Task SettleAsync()
    {
        for (var i = 0; i < 100 && !IsSettled; i++)
        {
            await Task.Yield(); // mostly enough, and quicker than a timer
        }

        await _gateway.AdvanceUntilAsync("everything to settle", () => IsSettled);
    }

    private string? FindFault()
    {
        var checker = new StreamLogChecker();
        foreach (var player in _players)
        {
            foreach (var client in player.Clients)
            {
                if (checker.FindFault(client.Log, client.Asked) is { } fault)
                {
                    return fault + "\n" + string.Join('\n', client.Log);
                }

                if (checker.End is { } end && end != Channel.Top && !client.Connection.IsClosed)
                {
                    return $"a subscriber stays at {end} under {Channel.Top}\n" + string.Join('\n', client.Log);
                }
            }
        }

        return null;
    }

    /// <summary>A client that remembers its position, and comes again with another connection when it lost one.</summary>
    private sealed class Player(ReceivingGateway gateway, bool positioned)
    {
        private Task _doing = Task.CompletedTask;

        public List<TestClient> Clients { get; } = [gateway.Connect()];

        public bool IsDone => _doing.IsCompleted;

        public bool IsFlushed => Clients.TrueForAll(client => client.Connection.IsClosed || client.IsFlushed);

        public void Act(Random random)
        {
            var recovers = random.Next(3) > 0;
            var leaves = random.Next(6);
            if (!_doing.IsCompleted)
            {
                if (leaves == 0)
                {
                    Clients[^1].Connection.TransportEnded();
                }

                return;
            }

            var client = Clients[^1];
            if (client.Connection.IsClosed)
            {
                Clients.Add(client = gateway.Connect());
            }

            if (client.Connection.FindSubscription("news") is null)
            {
                _doing = client.SubscribeAsync(
                    positioned ? TestClient.Positioned : new SubscriptionTraits(),
                    positioned && recovers ? LastPosition() : null);
            }
            else if (leaves == 0)
            {
                client.Connection.TransportEnded();
            }
            else if (leaves < 3)
            {
                _doing = client.UnsubscribeAsync();
            }
        }

        private StreamPosition LastPosition()
        {
            foreach (var client in Enumerable.Reverse(Clients))
            {
                var checker = new StreamLogChecker();
                checker.FindFault(client.Log);
                if (checker.Last.Epoch.Length > 0)
                {
                    return checker.Last;
                }
            }

            return new StreamPosition(0, "");
        }
    }
}
