namespace WsCluster.Tests.Chaos.Check;

/// <summary>
/// Checks the invariants from what clients wrote down. It takes the logs piece by piece, in time linear in their length
/// (sorting the acknowledgements of a publisher aside), and keeps only what the streams contain.
/// </summary>
internal sealed class Checker(Func<string, bool> isDurable)
{
    private readonly Dictionary<string, StreamTruth> _truths = [];
    private readonly Dictionary<string, PublishCheck> _publishes = [];
    private readonly Dictionary<(string Subscriber, string Channel), SubscriberCheck> _subscribers = [];

    public Violations Violations { get; } = new();

    /// <summary>Publications that subscribers got.</summary>
    public long Deliveries => _subscribers.Values.Sum(s => s.Deliveries);

    /// <summary>Losses that subscribers were told of.</summary>
    public int AnnouncedGaps => _subscribers.Values.Sum(s => s.AnnouncedGaps);

    public long Acknowledged { get; private set; }

    public long Unknown { get; private set; }

    public long Refused { get; private set; }

    /// <summary>The next piece of a subscriber's log.</summary>
    public void Take(SubscriberLog log)
    {
        if (!_subscribers.TryGetValue((log.Subscriber, log.Channel), out var subscriber))
        {
            subscriber = new SubscriberCheck(log.Subscriber, log.Channel, isDurable(log.Channel), Truth(log.Channel), Violations);
            _subscribers.Add((log.Subscriber, log.Channel), subscriber);
        }

        foreach (var observation in log.Observations)
        {
            subscriber.Take(observation);
        }
    }

    /// <summary>A publication whose outcome is settled.</summary>
    public void Take(PublishRecord record)
    {
        if (!_publishes.TryGetValue(record.Channel, out var publishes))
        {
            _publishes.Add(record.Channel, publishes = new PublishCheck(record.Channel, isDurable(record.Channel), Truth(record.Channel), Violations));
        }

        publishes.Take(record);
        _ = record.Outcome switch
        {
            PublishOutcome.Acknowledged => Acknowledged++,
            PublishOutcome.Refused => Refused++,
            _ => Unknown++,
        };
    }

    /// <summary>Invariant 6: no ghosts, nobody missing.</summary>
    public void Take(PresenceReading reading)
    {
        foreach (var ghost in reading.Reported.Except(reading.Connected))
        {
            Violations.Add(Invariant.Presence, $"{reading.Channel}: {ghost} is present and not connected");
        }

        foreach (var missing in reading.Connected.Except(reading.Reported))
        {
            Violations.Add(Invariant.Presence, $"{reading.Channel}: {missing} is connected and not present");
        }
    }

    /// <summary>After the last piece of every log: what can only be judged with the histories.</summary>
    public void Finish(IReadOnlyList<ChannelHistory> histories)
    {
        foreach (var history in histories)
        {
            if (_publishes.TryGetValue(history.Channel, out var publishes))
            {
                publishes.Finish(history);
            }
        }

        var byChannel = histories.ToDictionary(h => h.Channel);
        foreach (var ((_, channel), subscriber) in _subscribers)
        {
            if (byChannel.TryGetValue(channel, out var history))
            {
                subscriber.Finish(history);
            }
        }
    }

    private StreamTruth Truth(string channel)
    {
        if (!_truths.TryGetValue(channel, out var truth))
        {
            _truths.Add(channel, truth = new StreamTruth(channel, isDurable(channel), Violations));
        }

        return truth;
    }
}
