namespace WsCluster.Tests.Chaos.Check;

/// <summary>
/// Checks the invariants from what clients wrote down. It takes the logs piece by piece, in time linear in their length
/// (sorting the acknowledgements of a publisher aside), and keeps only what the streams contain.
/// </summary>
internal sealed class Checker
{
    private readonly Func<string, bool> _isDurable;
    private readonly SetCheck _sets;
    private readonly StateCheck _states;
    private readonly InboxCheck _inboxes;
    private readonly Dictionary<string, StreamTruth> _truths = [];
    private readonly Dictionary<string, PublishCheck> _publishes = [];
    private readonly Dictionary<(string Subscriber, string Channel), SubscriberCheck> _subscribers = [];

    public Checker(Func<string, bool> isDurable)
    {
        _isDurable = isDurable;
        _sets = new SetCheck(Violations);
        _states = new StateCheck(Violations);
        _inboxes = new InboxCheck(Violations);
    }

    public Violations Violations { get; } = new();

    /// <summary>Publications that subscribers got.</summary>
    public long Deliveries => _subscribers.Values.Sum(s => s.Deliveries);

    /// <summary>Losses that subscribers were told of.</summary>
    public int AnnouncedGaps => _subscribers.Values.Sum(s => s.AnnouncedGaps);

    /// <summary>Atomic sets that are in all of their channels.</summary>
    public int WholeSets => _sets.Whole;

    /// <summary>States that subscribers were handed.</summary>
    public int StateReadings => _states.Readings;

    /// <summary>What users were told of their inboxes.</summary>
    public int InboxAnswers => _inboxes.Answers;

    public long Acknowledged { get; private set; }

    public long Unknown { get; private set; }

    public long Refused { get; private set; }

    /// <summary>The next piece of a subscriber's log.</summary>
    public void Take(SubscriberLog log)
    {
        if (!_subscribers.TryGetValue((log.Subscriber, log.Channel), out var subscriber))
        {
            subscriber = new SubscriberCheck(log.Subscriber, log.Channel, _isDurable(log.Channel), Truth(log.Channel), Violations);
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
            _publishes.Add(record.Channel, publishes = new PublishCheck(record.Channel, _isDurable(record.Channel), Truth(record.Channel), Violations));
        }

        publishes.Take(record);
        _ = record.Outcome switch
        {
            PublishOutcome.Acknowledged => Acknowledged++,
            PublishOutcome.Refused => Refused++,
            _ => Unknown++,
        };
    }

    /// <summary>An atomic set whose outcome is settled.</summary>
    public void Take(SetRecord set) => _sets.Take(set);

    /// <summary>A state that a new subscriber was handed.</summary>
    public void Take(StateReading reading) => _states.Take(reading);

    /// <summary>A user's look into its inbox, or a mark.</summary>
    public void Take(InboxRecord record) => _inboxes.Take(record);

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
        _sets.Finish(byChannel);
        foreach (var ((_, channel), subscriber) in _subscribers)
        {
            if (byChannel.TryGetValue(channel, out var history))
            {
                subscriber.Finish(history);
            }
        }
    }

    /// <summary>After the last state was read: compares all of them with the streams.</summary>
    public void Finish(IReadOnlyList<StateHistory> histories) => _states.Finish(histories);

    /// <summary>After the last look into each inbox: compares all of them with the inboxes, by user.</summary>
    public void Finish(IReadOnlyDictionary<string, ChannelHistory> inboxes) => _inboxes.Finish(inboxes);

    private StreamTruth Truth(string channel)
    {
        if (!_truths.TryGetValue(channel, out var truth))
        {
            _truths.Add(channel, truth = new StreamTruth(channel, _isDurable(channel), Violations));
        }

        return truth;
    }
}
