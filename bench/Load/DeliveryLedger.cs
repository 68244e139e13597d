namespace WsCluster.Load;

/// <summary>
/// What one subscriber got of each publisher, each delivery exactly once and in order. Only the subscriber's own reading
/// touches it; the rest is read after the run.
/// </summary>
internal sealed class DeliveryLedger(LoadPlan plan, int channel, int publishers)
{
    private readonly long[] _next = new long[publishers]; // place in the channel of the publisher's next publication
    private readonly HashSet<long>?[] _missing = new HashSet<long>?[publishers]; // places skipped so far

    public long Delivered { get; private set; }

    public long Duplicated { get; private set; }

    public long Reordered { get; private set; }

    public long Misrouted { get; private set; }

    /// <summary>Notes a delivery. True when it is the first of a publication that belongs here.</summary>
    public bool Note(in LoadPayload payload, bool channelIsOurs)
    {
        var publisher = payload.Publisher;
        if (!channelIsOurs || publisher >= publishers || plan.ChannelOf(publisher, payload.Publication) != channel)
        {
            Misrouted++;
            return false;
        }

        var place = plan.PlaceInChannel(payload.Publication);
        ref var next = ref _next[publisher];
        if (place < next)
        {
            if (_missing[publisher]?.Remove(place) != true)
            {
                Duplicated++;
                return false;
            }

            Reordered++;
        }
        else
        {
            for (; next < place; next++)
            {
                (_missing[publisher] ??= []).Add(next);
            }

            next++;
        }

        Delivered++;
        return true;
    }

    /// <summary>The publications that never came, those left out that the server refused.</summary>
    public long CountLost(IReadOnlyList<Publisher> all)
    {
        var lost = 0L;
        foreach (var publisher in all)
        {
            var places = _missing[publisher.Number] ?? [];
            var sent = plan.CountInChannel(publisher.Number, channel, publisher.Published);
            for (var place = _next[publisher.Number]; place < sent; place++)
            {
                places.Add(place);
            }

            lost += places.Count(p => !publisher.WasRefused(plan.PublicationAt(publisher.Number, channel, p)));
        }

        return lost;
    }
}
