using System.Runtime.CompilerServices;
using WsCluster.Routing;

namespace WsCluster.Gateway.Ledgers;

/// <summary>
/// Remembers a channel's newest deliveries on this gateway, and what happened to its stream, to answer why somebody did not get
/// something. One entry for each publication, none for each connection. Not safe by itself: the channel's lock guards it.
/// </summary>
internal sealed class ChannelLedger(LedgerSpace space, TimeProvider time)
{
    /// <summary>Publications that are remembered.</summary>
    public const int MaxArrivals = 64;

    /// <summary>Events that are remembered.</summary>
    public const int MaxEvents = 16;

    private readonly Ring<Arrival> _arrivals = new(MaxArrivals);
    private Ring<StreamEvent>? _events; // most streams have none

    /// <summary>When the stream's offsets began anew, in UTC ticks; zero: not since the channel is here.</summary>
    public long EpochSince { get; private set; }

    /// <summary>The remembered publications, oldest first.</summary>
    public Arrival[] Arrivals => [.. _arrivals.Oldest()];

    /// <summary>The remembered events, oldest first.</summary>
    public StreamEvent[] Events => [.. _events?.Oldest() ?? []];

    /// <summary>A publication is handed to the subscribers.</summary>
    public void Arrived(Publication publication, bool repaired)
    {
        MakeRoom(_arrivals);
        _arrivals.Add(new Arrival(publication.Offset, time.GetUtcNow().UtcTicks, repaired, publication.Tags));
    }

    /// <summary>Something happened to the stream. The like of what happened last widens it, so that a flood is one event.</summary>
    public void Happened(StreamEventKind kind, ulong from = 0, ulong to = 0)
    {
        _events ??= new Ring<StreamEvent>(MaxEvents);
        if (_events.Count > 0 && _events.Newest is var newest && newest.Kind == kind && from <= newest.To + 1 && to >= newest.From)
        {
            _events.Newest = newest with { At = time.GetUtcNow(), From = Math.Min(from, newest.From), To = Math.Max(to, newest.To) };
            return;
        }

        MakeRoom(_events);
        _events.Add(new StreamEvent(time.GetUtcNow(), kind, from, to));
    }

    /// <summary>The gateway goes on at <paramref name="to"/> without what lies between.</summary>
    public void Jumped(StreamPosition from, StreamPosition to)
    {
        if (from.Epoch == to.Epoch)
        {
            Happened(StreamEventKind.Lost, from.Offset + 1, to.Offset);
            return;
        }

        Happened(StreamEventKind.NewEpoch, to: to.Offset);
        EpochSince = time.GetUtcNow().UtcTicks;
        _arrivals.Clear(); // their offsets mean something else now
    }

    /// <summary>The channel is closed.</summary>
    public void Close() => space.Return(SizeOf(_arrivals) + (_events is null ? 0 : SizeOf(_events)));

    private void MakeRoom<T>(Ring<T> ring)
    {
        var wish = ring.Wish;
        if (wish > ring.Room && space.TryTake((long)(wish - ring.Room) * Unsafe.SizeOf<T>()))
        {
            ring.Grow(wish);
        }
    }

    private static long SizeOf<T>(Ring<T> ring) => (long)ring.Room * Unsafe.SizeOf<T>();
}
