using System.Runtime.CompilerServices;
using WsCluster.Grains.Limits;
using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Grains.Channels;

/// <summary>
/// Remembers a channel's newest publications and the gateways that they were queued for. One entry for each publication, which
/// points to the list of gateways that was in use. Safe to use from any thread: publications may enter beside the activation.
/// </summary>
/// <param name="gateways">The gateways that the channel delivers to.</param>
/// <param name="silo">Bytes that the ledgers of all channels of the silo may take; past it a ledger keeps the size that it has.</param>
/// <param name="time">The clock.</param>
internal sealed class PublicationLedger(GatewayAttachments gateways, Allowance silo, TimeProvider time)
{
    /// <summary>Publications that are remembered.</summary>
    public const int MaxPublications = 64;

    private readonly DateTimeOffset _since = time.GetUtcNow();
    private readonly Lock _sync = new();
    private readonly Ring<Entry> _entries = new(MaxPublications); // guarded by _sync

    /// <summary>A publication is queued for the gateways.</summary>
    public void Published(ulong offset)
    {
        lock (_sync)
        {
            if (_entries.Wish is var wish && wish > _entries.Room && silo.TryTake(BytesOf(wish - _entries.Room)))
            {
                _entries.Grow(wish);
            }

            _entries.Add(new Entry(offset, time.GetUtcNow().UtcTicks, gateways.All));
        }
    }

    /// <summary>All that is remembered.</summary>
    public ChannelExplanation Describe(string siloId, StreamPosition top)
    {
        Entry[] entries;
        lock (_sync)
        {
            entries = [.. _entries.Oldest()];
        }

        var outboxes = new List<GatewayOutbox>(gateways.All);
        var publications = new List<PublishedEntry>(entries.Length);
        foreach (var entry in entries)
        {
            publications.Add(new PublishedEntry(entry.Offset, new DateTimeOffset(entry.At, TimeSpan.Zero), [.. entry.Outboxes.Select(PlaceOf)]));
        }

        return new ChannelExplanation
        {
            SiloId = siloId,
            Since = _since,
            Top = top,
            Publications = publications,
            Outboxes = [.. outboxes.Select(Describe)],
        };

        int PlaceOf(GatewayOutbox outbox)
        {
            var place = outboxes.IndexOf(outbox);
            if (place < 0)
            {
                place = outboxes.Count;
                outboxes.Add(outbox);
            }

            return place;
        }
    }

    /// <summary>The activation ends.</summary>
    public void Close()
    {
        lock (_sync)
        {
            silo.Return(BytesOf(_entries.Room));
            _entries.Clear();
        }
    }

    private OutboxDescription Describe(GatewayOutbox outbox) => new()
    {
        GatewayId = outbox.GatewayId,
        Incarnation = outbox.Incarnation,
        QueuedBytes = outbox.QueuedBytes,
        IsClosed = outbox.IsClosed,
        OverflowedAt = outbox.OverflowedAt,
        IsAttached = gateways.All.Contains(outbox),
    };

    private static long BytesOf(int entries) => (long)entries * Unsafe.SizeOf<Entry>();

    private readonly record struct Entry(ulong Offset, long At, IReadOnlyList<GatewayOutbox> Outboxes);
}
