using Microsoft.Extensions.Options;
using WsCluster.Gateway.Hosting;

namespace WsCluster.Gateway.Routing;

/// <summary>
/// Knows which silo serves what, and listens: a silo that has something for this gateway is heard every second. When one
/// falls silent its channels and users are looked up again, spread over a second so that the other silos are not flooded.
/// </summary>
internal sealed class SiloWatch(TimeProvider time, IOptions<GatewayOptions> options, ILogger<SiloWatch> logger, Random? random = null) : BackgroundService
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SpreadOfAll = TimeSpan.FromSeconds(2);

    private readonly Lock _sync = new();
    private readonly Dictionary<(string SiloId, int Lane), Bindings> _silos = []; // guarded by _sync

    private sealed class Bindings
    {
        public HashSet<ISiloBound> Items { get; } = [];

        public DateTimeOffset LastHeard { get; set; }

        /// <summary>The silo said that it stops: what it still serves must find another one.</summary>
        public bool IsLeaving { get; set; }
    }

    /// <summary>The silo serves the item now.</summary>
    public void Add(ISiloBound item, string siloId)
    {
        lock (_sync)
        {
            if (!_silos.TryGetValue((siloId, item.Lane), out var bindings))
            {
                bindings = new Bindings { LastHeard = time.GetUtcNow() };
                _silos.Add((siloId, item.Lane), bindings);
            }
            else if (bindings.Items.Count == 0)
            {
                bindings.LastHeard = time.GetUtcNow(); // a silo that served nothing had no reason to speak
            }

            bindings.Items.Add(item);
        }
    }

    /// <summary>The silo no longer serves the item.</summary>
    public void Remove(ISiloBound item, string siloId)
    {
        lock (_sync)
        {
            if (_silos.TryGetValue((siloId, item.Lane), out var bindings) && bindings.Items.Remove(item) && bindings.Items.Count == 0)
            {
                _silos.Remove((siloId, item.Lane));
            }
        }
    }

    /// <summary>A batch came from the silo on this lane.</summary>
    public void Heard(string siloId, int lane)
    {
        lock (_sync)
        {
            if (_silos.TryGetValue((siloId, lane), out var bindings))
            {
                bindings.LastHeard = time.GetUtcNow();
            }
        }
    }

    /// <summary>
    /// The silo stops: everything that it serves in this lane is looked up again, and as often as it takes, since for a moment
    /// the cluster may still name the same silo.
    /// </summary>
    public void Leaving(string siloId, int lane)
    {
        lock (_sync)
        {
            if (!_silos.TryGetValue((siloId, lane), out var bindings))
            {
                return;
            }

            bindings.IsLeaving = true;
        }

        GatewayLog.SiloLeaving(logger, siloId, lane);
        Rebind(siloId, lane);
    }

    /// <summary>True when the silo serves something here in this lane.</summary>
    public bool IsKnown(string siloId, int lane)
    {
        lock (_sync)
        {
            return _silos.ContainsKey((siloId, lane));
        }
    }

    /// <summary>Looks up everything again that the silo serves in this lane.</summary>
    public void Rebind(string siloId, int lane)
    {
        ISiloBound[] items;
        lock (_sync)
        {
            items = _silos.TryGetValue((siloId, lane), out var bindings) ? [.. bindings.Items] : [];
        }

        _ = RebindAsync(items, Spread);
    }

    /// <summary>Looks up everything again, whichever silo serves it, over a longer time: it is more.</summary>
    public void RebindAll()
    {
        ISiloBound[] items;
        lock (_sync)
        {
            items = [.. _silos.Values.SelectMany(bindings => bindings.Items)];
        }

        _ = RebindAsync(items, SpreadOfAll);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(CheckEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var (siloId, lane) in FindLost())
            {
                Rebind(siloId, lane);
            }
        }
    }

    /// <summary>The lanes of silos that leave or are silent too long. A silent one gets a new chance: looking up takes time.</summary>
    private List<(string SiloId, int Lane)> FindLost()
    {
        lock (_sync)
        {
            var now = time.GetUtcNow();
            var lost = new List<(string SiloId, int Lane)>();
            foreach (var (key, bindings) in _silos)
            {
                var isSilent = now - bindings.LastHeard > options.Value.SiloSilence;
                if (isSilent)
                {
                    GatewayLog.SiloSilent(logger, key.SiloId, key.Lane);
                    bindings.LastHeard = now;
                }

                if (isSilent || bindings.IsLeaving)
                {
                    lost.Add(key);
                }
            }

            return lost;
        }
    }

    private async Task RebindAsync(ISiloBound[] items, TimeSpan spread)
    {
        (random ?? Random.Shared).Shuffle(items);
        var slice = Math.Max(1, items.Length / 20);
        for (var i = 0; i < items.Length; i++)
        {
            items[i].Rebind();
            if (i % slice == slice - 1 && i + 1 < items.Length)
            {
                await Task.Delay(spread / 20, time);
            }
        }
    }
}
