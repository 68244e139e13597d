using WsCluster.Configuration;

namespace WsCluster.Gateway.Subscriptions.Derived;

/// <summary>
/// The conflations of a channel that somebody here asked for. Not safe by itself: the channel's lock guards it.
/// </summary>
/// <param name="channel">The channel.</param>
/// <param name="options">The options of its namespace.</param>
/// <param name="maxQueuedBytes">What may wait for a connection.</param>
/// <param name="metrics">Counts.</param>
/// <param name="time">The clock.</param>
/// <param name="onTime">Has <see cref="OnTime"/> called under the channel's lock.</param>
internal sealed class Conflations(string channel, ChannelOptions options, int maxQueuedBytes, GatewayMetrics metrics, TimeProvider time, Action<Conflation> onTime)
{
    /// <summary>Different ones of a channel, by filter and interval. Another one is refused with error 106.</summary>
    public const int Most = 32;

    private readonly List<Conflation> _all = [];

    /// <summary>True when the subscription would be the first of its kind here.</summary>
    public bool Lacks(Derivation.Latest derivation, TagsFilter? filter) => Find(derivation, filter) is null;

    /// <summary>True when the subscription fits.</summary>
    public bool HasRoomFor(Derivation.Latest derivation, TagsFilter? filter) => _all.Count < Most || !Lacks(derivation, filter);

    /// <summary>Adds a subscriber whose reply is queued. Returns how many publications were posted to it.</summary>
    /// <param name="subscription">The subscriber.</param>
    /// <param name="derivation">What it gets.</param>
    /// <param name="read">What was read from history for it, if anything.</param>
    /// <param name="until">The offset up to which that reaches.</param>
    public int Add(Subscription subscription, Derivation.Latest derivation, IReadOnlyList<Publication> read, ulong until)
    {
        var filter = subscription.Traits.Filter;
        if (Find(derivation, filter) is not { } conflation)
        {
            conflation = new Conflation(channel, derivation, filter, options, maxQueuedBytes, metrics, time, onTime);
            _all.Add(conflation);
            if (read.Count > 0 && read[^1].Offset == until)
            {
                conflation.Seed(read, until); // else something is missing in it: what looks like the newest may not be
            }
        }

        subscription.Latest = new LatestSubscriber(subscription, conflation);
        return conflation.Add(subscription.Latest, subscription.HasState);
    }

    /// <summary>Takes a subscriber out.</summary>
    public void Remove(LatestSubscriber subscriber)
    {
        var conflation = subscriber.Conflation;
        conflation.Remove(subscriber);
        if (conflation.IsEmpty && _all.Remove(conflation))
        {
            conflation.Dispose();
        }
    }

    /// <inheritdoc cref="Conflation.FindSlow"/>
    public void FindSlow(SubscriberGroups groups)
    {
        foreach (var conflation in _all)
        {
            conflation.FindSlow(groups);
        }
    }

    /// <inheritdoc cref="Conflation.Take"/>
    public int Take(Publication publication, List<Subscription> lost)
    {
        var posted = 0;
        foreach (var conflation in _all)
        {
            posted += conflation.Take(publication, lost);
        }

        return posted;
    }

    /// <inheritdoc cref="Conflation.OnTime"/>
    public int OnTime(Conflation conflation, SubscriberGroups groups) => _all.Contains(conflation) ? conflation.OnTime(groups) : 0;

    private Conflation? Find(Derivation.Latest derivation, TagsFilter? filter) => _all.Find(conflation => conflation.Is(derivation, filter));
}
