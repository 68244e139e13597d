using System.Diagnostics.CodeAnalysis;
using WsCluster.Tests.Simulation.Checks;
using WsCluster.Tests.Simulation.Engine;
using WsCluster.Tests.Simulation.World;

namespace WsCluster.Tests.Simulation;

/// <summary>
/// One schedule, all of it decided by its seed: how large the cluster is, what troubles it, what publishers and clients do.
/// In the end the troubles stop, and everything must come right.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Run disposes of what it makes.")]
internal sealed class Schedule(int seed, Tampering? tampering = null, bool traces = false)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string[] AllChannels = ["news", "durable:1", "plain:1"];

    private SimulatedCluster _world = null!;
    private Faults _faults;
    private string[] _channels = [];

    /// <summary>What happened, when traces were asked for.</summary>
    public IReadOnlyList<string> Trace { get; private set; } = [];

    /// <summary>Pieces of work done.</summary>
    public int Steps { get; private set; }

    private Random Random => _world.Loop.Random;

    /// <summary>Runs; the broken invariant, or null.</summary>
    public string? Run()
    {
        using var world = _world = new SimulatedCluster(seed, tampering ?? new Tampering(), traces);
        string? fault = null;
        try
        {
            world.Loop.Enter(Play);
        }
        catch (SimulationFault e)
        {
            fault = e.Message;
        }

        world.Trace?.Add(fault ?? "all is well");
        Trace = world.Trace?.Lines ?? [];
        Steps = world.Loop.Steps;
        return fault;
    }

    private void Play()
    {
        Open();
        var steps = Random.Next(10, 50);
        for (var i = 0; i < steps; i++)
        {
            Act();
            _world.Loop.Run(TimeSpan.FromMilliseconds(Random.Next(4) == 0 ? Random.Next(1500) : Random.Next(80)));
        }

        Heal();
        Settle("after the faults", Convergence.FindMissing);
        PublishLast();
        foreach (var client in _world.Clients)
        {
            client.Disconnect(abruptly: Random.Next(2) == 0, forGood: true);
        }

        Settle("after all clients left", Convergence.FindRemains);
    }

    private void Open()
    {
        _faults = (Faults)Random.Next((int)Faults.All + 1) & (Faults)Random.Next((int)Faults.All + 1);
        _channels = [.. AllChannels.Where(_ => Random.Next(2) == 0)];
        if (_channels.Length == 0)
        {
            _channels = [AllChannels[Random.Next(AllChannels.Length)]];
        }

        if (Random.Next(4) == 0)
        {
            _channels = [.. _channels.Select(channel => channel switch { "news" => "ruled:1", "durable:1" => "ledger:1", _ => channel })];
        }

        _world.Trace?.Add($"faults: {_faults}");
        for (var i = Random.Next(1, 3); i > 0; i--)
        {
            _world.Members.Start();
        }

        for (var i = Random.Next(1, 3); i > 0; i--)
        {
            _world.StartGateway();
        }

        for (var i = Random.Next(1, 5); i > 0; i--)
        {
            _world.Clients.Add(new SimulatedClient(_world, $"client-{i}"));
        }

        for (var i = Random.Next(1, 3); i > 0; i--)
        {
            _world.Publishers.Add(new SimulatedPublisher(_world, $"publisher-{i}"));
        }
    }

    private void Act()
    {
        var client = _world.Clients[Random.Next(_world.Clients.Count)];
        var channel = _channels[Random.Next(_channels.Length)];
        switch (Random.Next(24))
        {
            case < 8:
                for (var i = Random.Next(1, 4); i > 0; i--)
                {
                    _world.Publishers[Random.Next(_world.Publishers.Count)].Publish(channel);
                }

                break;
            case < 13:
                client.Subscribe(channel);
                break;
            case 13:
                client.Unsubscribe(channel);
                break;
            case 14:
                client.Disconnect(abruptly: Random.Next(2) == 0);
                break;
            case 15:
                client.UnsubscribeByServer(channel, resubscribes: Random.Next(2) == 0);
                break;
            default:
                Trouble(client, channel);
                break;
        }
    }

    private void Trouble(SimulatedClient client, string channel)
    {
        var kind = (Faults)(1 << Random.Next(10));
        if (!_faults.HasFlag(kind))
        {
            return;
        }

        switch (kind)
        {
            case Faults.Loss or Faults.Delay or Faults.Break or Faults.Repeat:
                _world.Network.Weather = Random.Next(3) == 0 ? Weather.Calm : new Weather
                {
                    Loss = Chance(Faults.Loss, 0.3),
                    Delay = Chance(Faults.Delay, 0.6),
                    Break = Chance(Faults.Break, 0.3),
                    Repeat = Chance(Faults.Repeat, 0.5),
                };
                _world.Trace?.Add($"{_world.Network.Weather}");
                break;
            case Faults.GatewayCrash when _world.PickGateway() is { } gateway:
                _world.CrashGateway(gateway);
                _world.StartGateway();
                break;
            case Faults.SiloCrash when _world.Members.Live.FirstOrDefault(s => !s.IsStopping) is { } silo:
                _world.Trace?.Add($"{silo.Name} crashes");
                _world.Members.Start();
                _world.Start(() => _world.Members.CrashAsync(silo));
                break;
            case Faults.SiloStop when _world.Members.Live.FirstOrDefault(s => !s.IsStopping) is { } silo:
                _world.Trace?.Add($"{silo.Name} stops");
                _world.Members.Start();
                _world.Start(() => _world.Members.StopAsync(silo));
                break;
            case Faults.Move when _world.Members.Find(channel) is { } activation:
                _world.Trace?.Add($"{channel} moves");
                _world.Start(() => activation.EndAsync());
                break;
            case Faults.Removal when channel is "news" or "ruled:1" && _world.Members.Find(channel) is { } activation:
                _world.Trace?.Add($"{channel} loses its history");
                _world.Journal.Removed(channel);
                _world.Start(() => activation.Grain.RemoveHistoryAsync());
                break;
            case Faults.SlowClient when client.Socket is { } socket:
                if (socket.IsStalled)
                {
                    socket.Resume();
                }
                else
                {
                    socket.Stall();
                }

                break;
        }
    }

    private double Chance(Faults fault, double most) => _faults.HasFlag(fault) ? Random.NextDouble() * most : 0;

    private void Heal()
    {
        _world.Trace?.Add("the faults end");
        _world.Network.Weather = Weather.Calm;
        foreach (var client in _world.Clients)
        {
            client.Socket?.Resume();
        }
    }

    private void PublishLast()
    {
        foreach (var channel in _channels)
        {
            // A subscriber without positions may miss what is published before its gateway finds a lost channel again.
            var reached = false;
            for (var i = 0; i < 4 && !reached; i++)
            {
                _world.Publishers[0].Publish(channel);
                reached = _world.Loop.RunUntil(() => Convergence.FindMissing(_world) is null && FindWithoutLast(channel) is null, TimeSpan.FromSeconds(4));
            }

            Settle($"after the last publication to {channel}", world => Convergence.FindMissing(world) ?? FindWithoutLast(channel));
        }
    }

    private string? FindWithoutLast(string channel)
    {
        foreach (var client in _world.Clients)
        {
            foreach (var subscription in client.Subscriptions)
            {
                if (subscription.Channel == channel && subscription.IsLive && subscription.Last != _world.Publishers[0].LastAcknowledged)
                {
                    return $"{client.Name} did not get the last publication to {channel}";
                }
            }
        }

        return null;
    }

    private void Settle(string when, Func<SimulatedCluster, string?> findMissing)
    {
        if (!_world.Loop.RunUntil(() => findMissing(_world) is null, Patience))
        {
            _world.Fail($"{when}: {findMissing(_world)}");
        }

        if (_world.Loop.Fault is { } fault)
        {
            throw fault;
        }
    }
}
