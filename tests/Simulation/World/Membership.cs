using Orleans.Runtime;
using WsCluster.Tests.Simulation.Engine;

namespace WsCluster.Tests.Simulation.World;

/// <summary>
/// Which silos there are and which channel lives where, as Orleans' directory tells it: a channel of a dead silo is out of
/// reach until the death is noticed.
/// </summary>
internal sealed class Membership(SimulatedCluster world)
{
    private readonly Dictionary<string, SimulatedSilo> _homes = new(StringComparer.Ordinal);
    private readonly List<SimulatedSilo> _silos = [];
    private readonly Dictionary<string, Move> _moves = new(StringComparer.Ordinal);
    private int _started;

    /// <summary>All silos that were ever there.</summary>
    public IReadOnlyList<SimulatedSilo> Silos => _silos;

    public IEnumerable<SimulatedSilo> Live => _silos.Where(silo => !silo.IsDead);

    /// <summary>Silos that channels may be activated on.</summary>
    public IEnumerable<SimulatedSilo> Open => Live.Where(silo => !silo.IsStopping);

    public SimulatedSilo Start()
    {
        var silo = new SimulatedSilo(world, ++_started);
        _silos.Add(silo);
        return silo;
    }

    /// <summary>Kills a silo; its channels are found elsewhere once that is noticed.</summary>
    public async Task CrashAsync(SimulatedSilo silo)
    {
        silo.Crash();
        await Task.Delay(TimeSpan.FromSeconds(0.2 + (2 * world.Loop.Random.NextDouble())), world.Loop.Clock);
        foreach (var (channel, home) in _homes)
        {
            if (home == silo)
            {
                _homes.Remove(channel);
            }
        }
    }

    /// <summary>Stops a silo gracefully.</summary>
    public async Task StopAsync(SimulatedSilo silo)
    {
        await silo.StopAsync();
        await CrashAsync(silo);
    }

    /// <summary>The channel's activation, made when there is none; null while it is out of reach.</summary>
    public ChannelActivation? Reach(string channel)
    {
        if (_homes.TryGetValue(channel, out var home))
        {
            if (home.IsDead)
            {
                return null;
            }

            if (home.Find(channel) is { } there)
            {
                return there;
            }
        }

        return Activate(channel, handedOver: null);
    }

    /// <summary>A stopping silo ends the channel's activation: calls wait until the result is disposed of.</summary>
    public IDisposable BeginMove(string channel) => _moves[channel] = new Move(_moves, channel);

    /// <summary>The end of the channel's move; null when it does not move.</summary>
    public Task? WhenMoved(string channel) => _moves.GetValueOrDefault(channel)?.Ended;

    /// <summary>Activates a channel elsewhere with what it was handed, unless that is lost on the way.</summary>
    public void Receive(string channel, HandedOver handedOver)
    {
        if (handedOver.IsEmpty || world.Network.Chance(world.Network.Weather.Loss))
        {
            return;
        }

        if (Activate(channel, handedOver) is not null)
        {
            world.Trace?.Add($"{channel} is handed over");
            world.Journal.HandedOver(channel);
        }
    }

    /// <summary>The channel's activation, or null when there is none.</summary>
    public ChannelActivation? Find(string channel) =>
        _homes.TryGetValue(channel, out var home) && !home.IsDead ? home.Find(channel) : null;

    private ChannelActivation? Activate(string channel, HandedOver? handedOver)
    {
        var candidates = Open.ToArray();
        if (candidates.Length == 0)
        {
            return null;
        }

        var home = candidates[world.Loop.Random.Next(candidates.Length)];
        _homes[channel] = home;
        world.Trace?.Add($"{channel} activates on {home.Name}");
        return home.Activate(channel, handedOver);
    }

    private sealed class Move(Dictionary<string, Move> moves, string channel) : IDisposable
    {
        private readonly TaskCompletionSource _ended = new();

        public Task Ended => _ended.Task;

        public void Dispose()
        {
            moves.Remove(channel);
            _ended.SetResult();
        }
    }
}
