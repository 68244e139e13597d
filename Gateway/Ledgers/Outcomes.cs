using WsCluster.Routing;

namespace WsCluster.Gateway.Ledgers;

/// <summary>
/// Judges what became of publications for one subscription, from the channel's ledger and where the subscription began and
/// ended. Pure. It works because a connection's queue keeps its order: what has not been sent are the last ones.
/// </summary>
internal static class Outcomes
{
    /// <summary>The remembered publications, oldest first.</summary>
    public static List<PublicationOutcome> OfAll(LedgerSnapshot ledger, SubscriptionTrace subscription)
    {
        var outcomes = new List<PublicationOutcome>(ledger.Arrivals.Count);
        var unsent = subscription.Unsent;
        for (var i = ledger.Arrivals.Count - 1; i >= 0; i--)
        {
            var arrival = ledger.Arrivals[i];
            var outcome = Of(ledger, subscription, arrival);
            if (outcome == DeliveryOutcome.Written && unsent > 0)
            {
                unsent--;
                outcome = subscription.EndedAt is null ? DeliveryOutcome.Waiting : DeliveryOutcome.Dropped;
            }
            else if (outcome == DeliveryOutcome.Written && arrival.Offset == subscription.EndOffset && IsUnencodable(subscription))
            {
                outcome = DeliveryOutcome.Dropped;
            }

            outcomes.Add(new PublicationOutcome(arrival.Offset, new DateTimeOffset(arrival.At, TimeSpan.Zero), outcome, arrival.Repaired));
        }

        outcomes.Reverse();
        return outcomes;
    }

    /// <summary>The remembered publications and others, oldest first.</summary>
    public static List<PublicationOutcome> OfAll(LedgerSnapshot ledger, SubscriptionTrace subscription, IReadOnlyList<ulong> others)
    {
        var remembered = OfAll(ledger, subscription);
        var offsets = remembered.Select(outcome => outcome.Offset).ToHashSet();
        var forgotten = others.Where(offset => offset > 0 && offsets.Add(offset))
            .Select(offset => new PublicationOutcome(offset, null, OfForgotten(ledger, subscription, offset, remembered), Repaired: false));
        return [.. remembered.Concat(forgotten).OrderBy(outcome => outcome.Offset)]; // stable: without offsets the order stays
    }

    /// <summary>One publication, whether it is remembered or not.</summary>
    public static PublicationOutcome Of(LedgerSnapshot ledger, SubscriptionTrace subscription, ulong offset)
    {
        var remembered = OfAll(ledger, subscription);
        foreach (var outcome in remembered)
        {
            if (outcome.Offset == offset)
            {
                return outcome;
            }
        }

        return new PublicationOutcome(offset, null, OfForgotten(ledger, subscription, offset, remembered), Repaired: false);
    }

    private static DeliveryOutcome Of(LedgerSnapshot ledger, SubscriptionTrace subscription, Arrival arrival)
    {
        if (subscription.Start.At == 0)
        {
            return DeliveryOutcome.NotSubscribed;
        }

        var outcome = OfPlain(ledger, subscription, arrival);
        return outcome == DeliveryOutcome.Written && subscription.IsDerived ? DeliveryOutcome.Derived : outcome;
    }

    private static DeliveryOutcome OfPlain(LedgerSnapshot ledger, SubscriptionTrace subscription, Arrival arrival)
    {
        if (arrival.Offset == 0)
        {
            return arrival.At < subscription.Start.At ? DeliveryOutcome.Earlier
                : subscription.EndedAt is { } end && arrival.At > end.UtcTicks ? DeliveryOutcome.Later
                : arrival.Passes(subscription.Filter) ? DeliveryOutcome.Written : DeliveryOutcome.Filtered;
        }

        return ByPlace(ledger, subscription, arrival.Offset)
            ?? (arrival.Passes(subscription.Filter) ? DeliveryOutcome.Written : DeliveryOutcome.Filtered);
    }

    /// <summary>What the place in the stream alone says; null for what was there to be pushed.</summary>
    private static DeliveryOutcome? ByPlace(LedgerSnapshot ledger, SubscriptionTrace subscription, ulong offset)
    {
        // Offsets that began anew since it subscribed are all after its beginning.
        if (offset <= subscription.Start.Offset && subscription.Start.At >= ledger.EpochSince)
        {
            return subscription.Start.RecoveredAfter < offset ? DeliveryOutcome.Recovered : DeliveryOutcome.Earlier;
        }

        return subscription.EndedAt is not null && offset > subscription.EndOffset ? DeliveryOutcome.Later : null;
    }

    private static DeliveryOutcome OfForgotten(
        LedgerSnapshot ledger, SubscriptionTrace subscription, ulong offset, List<PublicationOutcome> remembered)
    {
        if (subscription.Start.At == 0)
        {
            return DeliveryOutcome.NotSubscribed;
        }

        if (ByPlace(ledger, subscription, offset) is { } outcome)
        {
            return outcome;
        }

        if (ledger.Events.Any(e => e.Kind == StreamEventKind.Lost && e.From <= offset && offset <= e.To))
        {
            return DeliveryOutcome.Lost;
        }

        if (offset > ledger.Position.Offset)
        {
            return DeliveryOutcome.NotArrived;
        }

        // It came, longer ago than is remembered: sent, unless a filter or a very long queue makes that unsure.
        var unsentBefore = subscription.Unsent - remembered.Count(o => o.Outcome is DeliveryOutcome.Waiting or DeliveryOutcome.Dropped);
        return subscription.Filter is null && unsentBefore <= 0 ? subscription.IsDerived ? DeliveryOutcome.Derived : DeliveryOutcome.Written : DeliveryOutcome.Forgotten;
    }

    /// <summary>Its last publication ended it, for not being JSON where the client speaks JSON.</summary>
    private static bool IsUnencodable(SubscriptionTrace subscription) =>
        subscription.EndCode == (int)DisconnectCode.InappropriateProtocol && subscription.EndOffset > 0;
}
