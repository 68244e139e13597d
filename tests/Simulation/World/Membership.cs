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
    private int _started;

    /// <summary>All silos that were ever there.</summary>
    public IReadOnlyList<SimulatedSilo> Silos => _silos;

    public IEnumerable<SimulatedSilo> Live => _silos.Where(silo => !silo.IsDead);

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

        var candidates = Live.Where(silo => !silo.IsStopping).ToArray();
        if (candidates.Length == 0)
        {
            return null;
        }

        home = candidates[world.Loop.Random.Next(candidates.Length)];
        _homes[channel] = home;
        world.Trace?.Add($"{channel} activates on {home.Name}");
        return home.Activate(channel);
    }

    /// <summary>The channel's activation, or null when there is none.</summary>
    public ChannelActivation? Find(string channel) =>
        _homes.TryGetValue(channel, out var home) && !home.IsDead ? home.Find(channel) : null;
}
