using System.Text;
using WsCluster.Tests.Chaos.Check;
using WsCluster.Tests.ChaosSilo;

namespace WsCluster.Tests.Chaos.CheckTests;

/// <summary>
/// The logs of a small run in which nothing went wrong but all that may happen does: reconnects with recovery, an announced
/// loss in a memory channel, churn, unknown outcomes. Tests break it in one place.
/// </summary>
internal sealed class GoodLog
{
    public const string Durable = "durable:1";
    public const string Memory = "memory:1";
    private const int Publications = 40;

    public GoodLog()
    {
        AddSets();
        AddStates();
        foreach (var channel in new[] { Durable, Memory })
        {
            var publisher = channel == Durable ? 1 : 2;
            var epochs = channel == Durable ? new[] { "d" } : ["m1", "m2"];
            var publications = new List<(string Epoch, ulong Offset, PayloadId Payload)>();
            for (var i = 1; i <= Publications; i++)
            {
                var epoch = epochs[(i - 1) * epochs.Length / Publications];
                var offset = (ulong)((i - 1) % (Publications / epochs.Length)) + 1;
                publications.Add((epoch, offset, new PayloadId(publisher, i)));
                Publishes.Add(new PublishRecord(
                    channel, new PayloadId(publisher, i), i * 10, (i * 10) + 5, PublishOutcome.Acknowledged, i % 2 == 0 ? epoch : null, i % 2 == 0 ? offset : 0, Line: 1));
            }

            // Never answered: one that got through, one that did not.
            Publishes[^1] = Publishes[^1] with { Outcome = PublishOutcome.Unknown };
            Publishes.Add(new PublishRecord(channel, new PayloadId(publisher, 1000), 500, 505, PublishOutcome.Unknown));
            Publishes.Add(new PublishRecord(channel, new PayloadId(publisher, 1001), 510, 515, PublishOutcome.Refused));
            foreach (var subscriber in new[] { "a", "b", "c" })
            {
                Subscribers[(subscriber, channel)] = Follow(publications, subscriber);
            }

            var last = publications.Where(p => p.Epoch == epochs[^1]).ToList();
            Histories[channel] = new ChannelHistory(channel, epochs[^1], (ulong)last.Count, [.. last.Select(p => (p.Offset, p.Payload))]);
        }
    }

    public Dictionary<(string Subscriber, string Channel), List<Observation>> Subscribers { get; } = [];

    public List<PublishRecord> Publishes { get; } = [];

    /// <summary>Acknowledged, two that were never answered, of which one got through, and a refused one.</summary>
    public List<SetRecord> Sets { get; } = [];

    public Dictionary<string, ChannelHistory> Histories { get; } = [];

    /// <summary>The publications of a channel with a state; each tells what it was decided on.</summary>
    public List<byte[]> Tallied { get; } = [];

    /// <summary>A reading of its state at every offset, from 0 to the last.</summary>
    public List<StateReading> States { get; } = [];

    public PresenceReading Presence { get; set; } = new("durable:p", new HashSet<string> { "x", "y" }, new HashSet<string> { "x", "y" });

    public List<Observation> Of(string subscriber, string channel) => Subscribers[(subscriber, channel)];

    public int IndexOfPublish(string channel, long sequence) =>
        Publishes.FindIndex(p => p.Channel == channel && p.Payload.Sequence == sequence);

    /// <summary>Runs the checker over it, in pieces as a run does.</summary>
    public Violations Check()
    {
        var checker = new Checker(channel => channel.StartsWith("durable:", StringComparison.Ordinal));
        foreach (var ((subscriber, channel), observations) in Subscribers)
        {
            foreach (var piece in observations.Chunk(7))
            {
                checker.Take(new SubscriberLog(subscriber, channel, piece));
            }
        }

        foreach (var publish in Publishes)
        {
            checker.Take(publish);
        }

        Sets.ForEach(checker.Take);
        checker.Take(Presence);
        checker.Finish([.. Histories.Values]);
        States.ForEach(checker.Take);
        checker.Finish([new StateHistory("durable:tally", "t", Tallied)]);
        return checker.Violations;
    }

    /// <summary>Ten sets in two channels of their own, and one that came to nothing.</summary>
    private void AddSets()
    {
        string[] channels = ["durable:set-1", "durable:set-2"];
        foreach (var channel in channels)
        {
            Histories[channel] = new ChannelHistory(channel, "s", 10, [.. Enumerable.Range(1, 10).Select(i => ((ulong)i, new PayloadId(5, i)))]);
        }

        for (var i = 1; i <= 12; i++)
        {
            var outcome = i switch { < 10 => PublishOutcome.Acknowledged, 12 => PublishOutcome.Refused, _ => PublishOutcome.Unknown };
            Sets.Add(new SetRecord(new PayloadId(5, i), channels, outcome));
            Publishes.AddRange(channels.Select(channel => new PublishRecord(
                channel, new PayloadId(5, i), i * 10, (i * 10) + 5, outcome, outcome == PublishOutcome.Acknowledged ? "s" : null, outcome == PublishOutcome.Acknowledged ? (ulong)i : 0)));
        }
    }

    private void AddStates()
    {
        var state = new Tally();
        for (var i = 0; i < 10; i++)
        {
            States.Add(new StateReading("durable:tally", "t", (ulong)i, state));
            Tallied.Add(Encoding.UTF8.GetBytes($"\"durable:tally|6|{i}|{i * 10}|{state}\""));
            state = state.Add(Tallied[^1]);
        }

        States.Add(new StateReading("durable:tally", "t", 10, state));
    }

    private static List<Observation> Follow(List<(string Epoch, ulong Offset, PayloadId Payload)> publications, string subscriber)
    {
        var log = new List<Observation> { Observation.Of(ObservationKind.Subscribed, publications[0].Epoch) };
        for (var i = 0; i < publications.Count; i++)
        {
            var (epoch, offset, payload) = publications[i];
            if (i > 0 && epoch != publications[i - 1].Epoch)
            {
                log.Add(Observation.Of(ObservationKind.Insufficient));
                log.Add(Observation.Of(ObservationKind.NotRecovered, epoch));
            }
            else if (i == 12 && subscriber == "a")
            {
                log.Add(Observation.Of(ObservationKind.Disconnected));
                log.Add(Observation.Of(ObservationKind.Recovered, epoch, offset - 1));
            }
            else if (i == 15 && subscriber == "b")
            {
                log.Add(Observation.Of(ObservationKind.Unsubscribed));
                log.Add(Observation.Of(ObservationKind.Recovered, epoch, offset - 1));
            }

            log.Add(Observation.Delivered(offset, payload));
        }

        return log;
    }
}
