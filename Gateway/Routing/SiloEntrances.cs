using System.Collections.Concurrent;
using Orleans.Runtime;
using WsCluster.Routing;

namespace WsCluster.Gateway.Routing;

/// <summary>
/// The straight ways to silos, learnt from their batches. A silo that was heard just now can be reached over the connection that
/// it was heard on, whatever hangs elsewhere.
/// </summary>
internal sealed class SiloEntrances(IGrainFactory grains, TimeProvider time, SiloConnections? connections = null) : IDetour
{
    // Batches come every second or two, also when there is nothing to deliver.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(1);

    /// <summary>How long batches are acknowledged straight after one had to come twice.</summary>
    private static readonly TimeSpan TroubleTime = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Way> _silos = new(StringComparer.Ordinal);
    private uint _turn;

    /// <summary>A batch came from a silo.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="again">True when it had come before: its answer got lost, or is late.</param>
    public void Heard(DeliveryBatch batch, bool again)
    {
        if (batch.Entrance is null)
        {
            return;
        }

        var now = time.GetTimestamp();
        if (!_silos.TryGetValue(batch.SiloId, out var way))
        {
            Prune();
            var id = GrainId.Parse(batch.Entrance);
            way = _silos.GetOrAdd(batch.SiloId, new Way(batch, id, grains.GetGrain<ISiloEntrance>(id)));
        }

        way.Heard = now;
        if (again)
        {
            way.Trouble = now;
        }

        if (way.Trouble != 0 && time.GetElapsedTime(way.Trouble, now) < TroubleTime && IsStraight(way))
        {
            _ = way.Entrance.AcknowledgeAsync(batch.OutboxId, batch.Sequence);
        }
    }

    /// <summary>The way to this silo; null when it is not known or the silo has been silent lately.</summary>
    /// <param name="siloId">The silo.</param>
    /// <param name="level">What its entrance has to have, <see cref="DeliveryBatch.EntranceLevel"/>.</param>
    public ISiloEntrance? Find(string siloId, int level = 0) =>
        _silos.TryGetValue(siloId, out var way) && way.Level >= level && IsOpen(way) ? way.Entrance : null;

    /// <summary>A way to any silo that was heard lately, another one at every call; null when there is none.</summary>
    /// <param name="level">What its entrance has to have, <see cref="DeliveryBatch.EntranceLevel"/>.</param>
    public (string SiloId, ISiloEntrance Entrance)? Next(int level = 0)
    {
        var fresh = _silos.Values.Where(way => way.Level >= level && IsOpen(way)).OrderBy(way => way.SiloId, StringComparer.Ordinal).ToList();
        if (fresh.Count == 0)
        {
            return null;
        }

        var next = fresh[(int)(Interlocked.Increment(ref _turn) % (uint)fresh.Count)];
        return (next.SiloId, next.Entrance);
    }

    /// <inheritdoc/>
    ISiloEntrance? IDetour.Next() => Next(ISiloEntrance.ReadsAndUsers)?.Entrance;

    private bool IsOpen(Way way) => time.GetElapsedTime(way.Heard) < Fresh && IsStraight(way);

    private bool IsStraight(Way way) => connections?.LeadsTo(way.Id) ?? true;

    private void Prune()
    {
        foreach (var silo in _silos)
        {
            if (time.GetElapsedTime(silo.Value.Heard) > Forgotten)
            {
                _silos.TryRemove(silo);
            }
        }
    }

    private sealed class Way(DeliveryBatch first, GrainId id, ISiloEntrance entrance)
    {
        private long _heard;
        private long _trouble;

        public string SiloId { get; } = first.SiloId;

        public int Level { get; } = first.EntranceLevel;

        public GrainId Id => id;

        public ISiloEntrance Entrance => entrance;

        /// <summary>When it was heard last, in ticks of the clock; any lane says so.</summary>
        public long Heard
        {
            get => Volatile.Read(ref _heard);
            set => Volatile.Write(ref _heard, value);
        }

        /// <summary>When a batch of it came again last; zero when none has.</summary>
        public long Trouble
        {
            get => Volatile.Read(ref _trouble);
            set => Volatile.Write(ref _trouble, value);
        }
    }
}
