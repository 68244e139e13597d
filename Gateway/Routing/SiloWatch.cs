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
    private readonly Dictionary<(string SiloId, int Lane), Bindings> _silos = []; // guarded by _sync, like the next
    private readonly Dictionary<ISiloBound, DateTimeOffset> _expecting = []; // since when a relay is to begin

    private sealed class Bindings
    {
        /// <summary>What the silo serves, each with the outbox that delivers it; empty where that is not known.</summary>
        public Dictionary<ISiloBound, Guid> Items { get; } = [];

        /// <summary>The outbox that was heard last; empty before the first.</summary>
        public Guid Outbox { get; set; }

        /// <summary>Something is bound to another outbox than was heard last: it may be gone, or still be silent.</summary>
        public bool IsMixed { get; set; }

        public DateTimeOffset LastHeard { get; set; }

        /// <summary>The silo said that it stops: what it still serves must find another one.</summary>
        public bool IsLeaving { get; set; }
    }

    /// <summary>The silo serves the item now, through this outbox; empty where that is not said.</summary>
    public void Add(ISiloBound item, string siloId, Guid outboxId = default)
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

            bindings.Items[item] = outboxId;
            bindings.IsMixed |= IsOfAnother(outboxId, bindings.Outbox);
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

    /// <summary>A relay is about to take the item over. If it never begins, the item is looked up again: nothing else would show it.</summary>
    public void Expect(ISiloBound item)
    {
        lock (_sync)
        {
            _expecting[item] = time.GetUtcNow();
        }
    }

    /// <summary>What was expected has begun, or is no longer wanted.</summary>
    public void Met(ISiloBound item)
    {
        lock (_sync)
        {
            _expecting.Remove(item);
        }
    }

    /// <summary>
    /// A batch came from the silo on this lane. What is bound to another outbox of it is looked up again: the silo gave this
    /// gateway up meanwhile and forgot it there, and being heard it would never seem silent.
    /// </summary>
    public void Heard(string siloId, int lane, Guid outboxId)
    {
        ISiloBound[] forgotten;
        lock (_sync)
        {
            if (!_silos.TryGetValue((siloId, lane), out var bindings))
            {
                return;
            }

            bindings.LastHeard = time.GetUtcNow();
            if (bindings.Outbox == outboxId && !bindings.IsMixed)
            {
                return;
            }

            forgotten = [.. bindings.Items.Where(bound => IsOfAnother(bound.Value, outboxId)).Select(bound => bound.Key)];
            foreach (var item in forgotten)
            {
                bindings.Items[item] = Guid.Empty; // told once; what it finds is known when it is added again
            }

            bindings.Outbox = outboxId;
            bindings.IsMixed = false;
        }

        if (forgotten.Length > 0)
        {
            GatewayLog.Resynchronising(logger, siloId, lane);
            _ = RebindAsync(forgotten, Spread);
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
            items = _silos.TryGetValue((siloId, lane), out var bindings) ? [.. bindings.Items.Keys] : [];
        }

        _ = RebindAsync(items, Spread);
    }

    /// <summary>Looks up everything again, whichever silo serves it, over a longer time: it is more.</summary>
    public void RebindAll()
    {
        ISiloBound[] items;
        lock (_sync)
        {
            items = [.. _silos.Values.SelectMany(bindings => bindings.Items.Keys)];
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

            foreach (var item in FindOverdue())
            {
                item.Rebind();
            }
        }
    }

    private static bool IsOfAnother(Guid outboxId, Guid heard) => outboxId != Guid.Empty && outboxId != heard;

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

    private List<ISiloBound> FindOverdue()
    {
        lock (_sync)
        {
            var overdue = new List<ISiloBound>();
            foreach (var (item, since) in _expecting)
            {
                if (time.GetUtcNow() - since > options.Value.SiloSilence)
                {
                    _expecting.Remove(item); // a dictionary allows removal while it is walked
                    overdue.Add(item);
                }
            }

            return overdue;
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
