namespace WsCluster.Tests.Chaos.Check;

/// <summary>
/// Follows one subscriber of one channel. Invariant 3: its offsets rise by one unless it was told of a loss. Invariant 5:
/// nothing comes before the subscribe reply or after the subscription's end.
/// </summary>
internal sealed class SubscriberCheck(string subscriber, string channel, bool isDurable, StreamTruth truth, Violations violations)
{
    private string? _epoch;
    private ulong _offset;

    /// <summary>Subscribed now.</summary>
    public bool IsLive { get; private set; }

    /// <summary>Publications that it got.</summary>
    public long Deliveries { get; private set; }

    /// <summary>Losses that it was told of.</summary>
    public int AnnouncedGaps { get; private set; }

    public void Take(Observation observation)
    {
        switch (observation.Kind)
        {
            case ObservationKind.Subscribed:
                Start(observation);
                break;
            case ObservationKind.Recovered:
                if (observation.Epoch != _epoch || observation.Offset != _offset)
                {
                    Add(Invariant.NoSilentGap, $"was at {_epoch}/{_offset} and got a recovery from {observation.Epoch}/{observation.Offset}");
                }

                Start(observation);
                break;
            case ObservationKind.NotRecovered:
                AnnouncedGaps++;
                if (isDurable)
                {
                    Add(Invariant.AcknowledgedOnce, $"was at {_epoch}/{_offset} and could not recover a durable stream, now at {observation.Epoch}/{observation.Offset}");
                }

                Start(observation);
                break;
            case ObservationKind.Delivered:
                Deliver(observation);
                break;
            default:
                IsLive = false;
                break;
        }
    }

    /// <summary>When nothing is published any more: a subscriber that is not at the top has been left behind in silence.</summary>
    public void Finish(ChannelHistory history)
    {
        if (IsLive && (_epoch != history.Epoch || _offset != history.Top))
        {
            Add(Invariant.NoSilentGap, $"stays silent at {_epoch}/{_offset}, but the channel is at {history.Epoch}/{history.Top}");
        }
    }

    private void Start(Observation observation)
    {
        IsLive = true;
        _epoch = observation.Epoch;
        _offset = observation.Offset;
        truth.See(_epoch!, subscriber);
    }

    private void Deliver(Observation observation)
    {
        Deliveries++;
        if (!IsLive || _epoch is null)
        {
            Add(Invariant.OnlySubscribed, $"got {observation} without a subscription");
            return;
        }

        truth.Record(_epoch, observation.Offset, observation.Payload, subscriber);
        if (observation.Offset != _offset + 1)
        {
            var what = observation.Offset <= _offset ? "again or out of order" : "with a gap";
            Add(Invariant.NoSilentGap, $"was at {_epoch}/{_offset} and got {observation} {what}");
        }

        _offset = observation.Offset;
    }

    private void Add(Invariant invariant, string text) => violations.Add(invariant, $"{channel}: {subscriber} {text}");
}
