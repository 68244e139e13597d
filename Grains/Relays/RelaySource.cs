using System.Text;
using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Grains.Relays;

/// <summary>
/// What one outbox of a channel's silo has this relay pass on. Entries that follow each other in one channel are queued for each of its
/// gateways as one piece: under load a gateway costs the relay a copy for each batch, not for each publication.
/// </summary>
internal sealed class RelaySource(RelayOutboxes outboxes)
{
    private readonly Lock _sync = new(); // guards all fields
    private readonly Dictionary<string, GatewayLane> _lanes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RelayShare> _shares = new(StringComparer.Ordinal);
    private long _sequence;
    private int _silentTicks;

    /// <summary>The silo that it belongs to, as its batches say; empty before the first.</summary>
    public string SiloId { get; private set; } = "";

    /// <summary>Channels that are passed on.</summary>
    public int Channels
    {
        get
        {
            lock (_sync)
            {
                return _shares.Count;
            }
        }
    }

    /// <summary>Gateways that entries may name from now on.</summary>
    public void Introduce(GatewayLane[] lanes)
    {
        lock (_sync)
        {
            _silentTicks = 0;
            foreach (var lane in lanes)
            {
                if (!_lanes.TryGetValue(lane.Name, out var known) || known.Incarnation <= lane.Incarnation)
                {
                    _lanes[lane.Name] = lane;
                }
            }
        }
    }

    /// <summary>Takes a batch, unless it came before. False when one before it never came.</summary>
    public bool Take(DeliveryBatch batch, out int dropped)
    {
        dropped = 0;
        lock (_sync)
        {
            _silentTicks = 0;
            SiloId = batch.SiloId;
            if (batch.Sequence > _sequence + 1)
            {
                return false;
            }

            if (batch.Sequence <= _sequence)
            {
                return true;
            }

            _sequence = batch.Sequence;
            if (batch.Resynchronise)
            {
                // Entries are missing, of whichever channel, and those that name gateways perhaps among them.
                dropped = CloseAll(moved: true);
            }

            Pass(batch.Entries);
            return true;
        }
    }

    /// <summary>A tick without a batch; returns how many there were in a row.</summary>
    public int Tick()
    {
        lock (_sync)
        {
            return ++_silentTicks;
        }
    }

    /// <summary>Ends everything. The gateways find out by their silo, which gives this relay up or is gone.</summary>
    public int Close()
    {
        lock (_sync)
        {
            return CloseAll(moved: false);
        }
    }

    private void Pass(ReadOnlySpan<byte> entries)
    {
        var reader = new DeliveryReader(entries);
        var channel = ReadOnlySpan<byte>.Empty; // of the entries that wait to be queued as one piece
        int begin = 0, end = 0;
        while (reader.MoveNext())
        {
            var isForRelay = reader.Kind is DeliveryKind.RelayAdd or DeliveryKind.RelayRemove;
            if (isForRelay || !reader.Key.SequenceEqual(channel))
            {
                Queue(channel, entries[begin..end]);
                begin = end;
                channel = reader.Key;
            }

            end = reader.End;
            if (isForRelay)
            {
                begin = end;
                Change(reader);
            }
        }

        Queue(channel, entries[begin..end]);
    }

    private void Queue(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> entries)
    {
        if (!entries.IsEmpty && _shares.TryGetValue(Encoding.UTF8.GetString(channel), out var share))
        {
            share.Deliver(entries);
        }
    }

    private void Change(DeliveryReader reader)
    {
        var channel = Encoding.UTF8.GetString(reader.Key);
        var stint = reader.ReadStint(out var name);
        _shares.TryGetValue(channel, out var share);
        if (reader.Kind == DeliveryKind.RelayAdd)
        {
            if (_lanes.TryGetValue(name, out var lane))
            {
                _shares[channel] = share ??= new RelayShare(channel, outboxes, GatewayLost);
                share.Add(lane, stint);
            }
        }
        else
        {
            share?.Remove(name, stint);
        }

        CloseIfEmpty(share);
    }

    private void GatewayLost(RelayShare share)
    {
        lock (_sync)
        {
            share.RemoveLost();
            CloseIfEmpty(share);
        }
    }

    private void CloseIfEmpty(RelayShare? share)
    {
        if (share is { Count: 0 } && _shares.GetValueOrDefault(share.Channel) == share)
        {
            _shares.Remove(share.Channel);
        }
    }

    private int CloseAll(bool moved)
    {
        var count = _shares.Count;
        foreach (var share in _shares.Values)
        {
            share.Close(moved);
        }

        _shares.Clear();
        return count;
    }
}
