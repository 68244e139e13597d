using System.Text;
using WsCluster.Tests.Chaos.Check;

namespace WsCluster.Tests.Chaos.CheckTests;

/// <summary>The checker takes a good log and rejects it after any one thing in it was changed.</summary>
public sealed class CheckerTests
{
    private readonly GoodLog _log = new();

    [Fact]
    public void Check_GoodLog_FindsNothing() => Assert.Empty(_log.Check().Kept);

    [Theory, InlineData(GoodLog.Durable), InlineData(GoodLog.Memory)]
    public void Check_AnyDeliveryDropped_IsFound(string channel) =>
        ForEachDelivery(channel, (log, at) =>
        {
            // Before an announced loss the last one may well be missing: there, one before it.
            log.RemoveAt(at + 1 < log.Count && log[at + 1].Kind == ObservationKind.Insufficient ? at - 1 : at);
        });

    [Theory, InlineData(GoodLog.Durable), InlineData(GoodLog.Memory)]
    public void Check_AnyDeliveryDoubled_IsFound(string channel) =>
        ForEachDelivery(channel, (log, at) => log.Insert(at, log[at]));

    [Theory, InlineData(GoodLog.Durable), InlineData(GoodLog.Memory)]
    public void Check_AnyDeliverySwappedWithTheNext_IsFound(string channel) => ForEachDelivery(channel, (log, at) =>
    {
        var other = at + 1 < log.Count ? at + 1 : at - 1;
        (log[at], log[other]) = (log[other], log[at]);
    });

    [Theory, InlineData(GoodLog.Durable), InlineData(GoodLog.Memory)]
    public void Check_PayloadsOfTwoOffsetsSwapped_IsFound(string channel) => ForEachDelivery(channel, (log, at) =>
    {
        var other = log.FindIndex(o => o.Kind == ObservationKind.Delivered && o.Payload != log[at].Payload);
        (log[at], log[other]) = (log[at] with { Payload = log[other].Payload }, log[other] with { Payload = log[at].Payload });
    });

    [Theory, InlineData(GoodLog.Durable), InlineData(GoodLog.Memory)]
    public void Check_AnyPayloadReused_IsFound(string channel) => ForEachDelivery(channel, (log, at) =>
        log[at] = log[at] with { Payload = new PayloadId(9, 9) });

    [Fact]
    public void Check_LossNotAnnounced_IsFound()
    {
        _log.Of("c", GoodLog.Memory).RemoveAll(o => o.Kind is ObservationKind.Insufficient or ObservationKind.NotRecovered);
        AssertFound(Invariant.NoSilentGap);
    }

    [Fact]
    public void Check_RecoveredFromElsewhere_IsFound()
    {
        var log = _log.Of("a", GoodLog.Durable);
        var at = log.FindIndex(o => o.Kind == ObservationKind.Recovered);
        log[at] = log[at] with { Offset = log[at].Offset + 1 };
        log.RemoveAt(at + 1);
        AssertFound(Invariant.NoSilentGap);
    }

    [Fact]
    public void Check_DurableStreamNotRecovered_IsFound()
    {
        var log = _log.Of("a", GoodLog.Durable);
        var at = log.FindIndex(o => o.Kind == ObservationKind.Recovered);
        log[at] = log[at] with { Kind = ObservationKind.NotRecovered };
        AssertFound(Invariant.AcknowledgedOnce);
    }

    [Fact]
    public void Check_DurableStreamBeganAnew_IsFound()
    {
        _log.Subscribers[("d", GoodLog.Durable)] = [Observation.Of(ObservationKind.Subscribed, "other", 40), Observation.Of(ObservationKind.Disconnected)];
        AssertFound(Invariant.AcknowledgedOnce);
    }

    [Theory]
    [InlineData(nameof(ObservationKind.Unsubscribed))]
    [InlineData(nameof(ObservationKind.Disconnected))]
    [InlineData(nameof(ObservationKind.Insufficient))]
    [InlineData(nameof(ObservationKind.Refused))]
    public void Check_DeliveryAfterTheEnd_IsFound(string end)
    {
        var log = _log.Of("c", GoodLog.Durable);
        log.Insert(log.Count - 1, Observation.Of(Enum.Parse<ObservationKind>(end)));
        AssertFound(Invariant.OnlySubscribed);
    }

    [Fact]
    public void Check_DeliveryBeforeTheSubscribeReply_IsFound()
    {
        var log = _log.Of("c", GoodLog.Durable);
        (log[0], log[1]) = (log[1], log[0]);
        AssertFound(Invariant.OnlySubscribed);
    }

    [Fact]
    public void Check_SubscriberLeftBehind_IsFound()
    {
        var log = _log.Of("b", GoodLog.Durable);
        log.RemoveRange(log.Count - 3, 3);
        AssertFound(Invariant.NoSilentGap);
    }

    [Fact]
    public void Check_AnyAcknowledgedPublicationMissingInTheHistory_IsFound()
    {
        for (var i = 0; i < _log.Histories[GoodLog.Durable].Publications.Count; i++)
        {
            var broken = new GoodLog();
            var history = broken.Histories[GoodLog.Durable];
            broken.Histories[GoodLog.Durable] = history with { Publications = [.. history.Publications.Where((_, at) => at != i)] };
            Assert.Contains(Invariant.AcknowledgedOnce, broken.Check().Counts.Keys);
        }
    }

    [Theory, InlineData(GoodLog.Durable), InlineData(GoodLog.Memory)]
    public void Check_AcknowledgedAndInNoHistory_IsFound(string channel)
    {
        _log.Publishes.Add(new PublishRecord(channel, new PayloadId(7, 1), 600, 605, PublishOutcome.Acknowledged, _log.Histories[channel].Epoch, _log.Histories[channel].Top + 1));
        AssertFound(Invariant.AcknowledgedOnce);
    }

    [Fact]
    public void Check_AcknowledgedWithoutPositionAndInNoHistory_IsFound()
    {
        _log.Publishes.Add(new PublishRecord(GoodLog.Durable, new PayloadId(7, 1), 600, 605, PublishOutcome.Acknowledged));
        AssertFound(Invariant.AcknowledgedOnce);
    }

    [Fact]
    public void Check_AcknowledgedAtAnotherPlace_IsFound()
    {
        var at = _log.IndexOfPublish(GoodLog.Durable, 8);
        _log.Publishes[at] = _log.Publishes[at] with { Offset = 9 };
        AssertFound(Invariant.OnePayload);
    }

    [Fact]
    public void Check_PublishedTwice_IsFound()
    {
        var history = _log.Histories[GoodLog.Durable];
        _log.Histories[GoodLog.Durable] = history with
        {
            Top = history.Top + 1,
            Publications = [.. history.Publications, (history.Top + 1, history.Publications[3].Payload)],
        };
        AssertFound(Invariant.AcknowledgedOnce);
    }

    [Fact]
    public void Check_RefusedAndPublished_IsFound()
    {
        var at = _log.IndexOfPublish(GoodLog.Durable, 8);
        _log.Publishes[at] = _log.Publishes[at] with { Outcome = PublishOutcome.Refused };
        AssertFound(Invariant.AcknowledgedOnce);
    }

    [Fact]
    public void Check_AcknowledgedLaterButPlacedEarlier_IsFound()
    {
        // Number 8 began after number 9 had been acknowledged, and yet stands before it.
        var at = _log.IndexOfPublish(GoodLog.Durable, 8);
        _log.Publishes[at] = _log.Publishes[at] with { StartedAt = 96, EndedAt = 98, Line = 0 };
        AssertFound(Invariant.PublisherOrder);
    }

    [Fact]
    public void Check_SentLaterOnTheSameLineButPlacedEarlier_IsFound()
    {
        // Both were under way at once, but on one connection.
        var at = _log.IndexOfPublish(GoodLog.Durable, 8);
        _log.Publishes[at] = _log.Publishes[at] with { StartedAt = 91, EndedAt = 98 };
        AssertFound(Invariant.PublisherOrder);
    }

    [Fact]
    public void Check_Ghost_IsFound()
    {
        _log.Presence = _log.Presence with { Reported = new HashSet<string> { "x", "y", "z" } };
        AssertFound(Invariant.Presence);
    }

    [Fact]
    public void Check_MissingMember_IsFound()
    {
        _log.Presence = _log.Presence with { Reported = new HashSet<string> { "x" } };
        AssertFound(Invariant.Presence);
    }

    [Fact]
    public void Check_AnySetMissingInOneChannel_IsFound() => ForEachSet(1, 10, (log, payload) =>
    {
        // The later ones move up, so that nothing else is wrong with that channel.
        var history = log.Histories["durable:set-2"];
        var kept = history.Publications.Where(p => p.Payload != payload).Select((p, i) => ((ulong)i + 1, p.Payload)).ToList();
        log.Histories["durable:set-2"] = history with { Top = (ulong)kept.Count, Publications = kept };
        log.Publishes.RemoveAll(p => p.Channel == "durable:set-2"); // nobody knows where they were
    });

    [Fact]
    public void Check_AnyAcknowledgedSetInNoChannel_IsFound() => ForEachSet(1, 9, (log, payload) =>
    {
        foreach (var channel in new[] { "durable:set-1", "durable:set-2" })
        {
            var kept = log.Histories[channel].Publications.Where(p => p.Payload != payload).Select((p, i) => ((ulong)i + 1, p.Payload)).ToList();
            log.Histories[channel] = log.Histories[channel] with { Top = (ulong)kept.Count, Publications = kept };
            log.Publishes.RemoveAll(p => p.Channel == channel);
        }
    });

    [Fact]
    public void Check_RefusedSetThatIsPublished_IsFound() => ForEachSet(1, 10, (log, payload) =>
    {
        var at = log.Sets.FindIndex(set => set.Payload == payload);
        log.Sets[at] = log.Sets[at] with { Outcome = PublishOutcome.Refused };
    });

    [Fact]
    public void Check_SetTwiceInAChannel_IsFound()
    {
        var history = _log.Histories["durable:set-1"];
        _log.Histories["durable:set-1"] = history with { Top = 11, Publications = [.. history.Publications, (11, history.Publications[2].Payload)] };
        AssertFound(Invariant.AcknowledgedOnce);
    }

    [Fact]
    public void Check_SetElsewhereThanAcknowledged_IsFound()
    {
        var at = _log.Publishes.FindIndex(p => p.Channel == "durable:set-1" && p.Payload.Sequence == 4);
        _log.Publishes[at] = _log.Publishes[at] with { Offset = 5 };
        AssertFound(Invariant.OnePayload);
    }

    [Fact]
    public void Check_AnyStateThatIsNotItsStreams_IsFound() => ForEachState(log => log.States.Count, (log, at) =>
        log.States[at] = log.States[at] with { State = log.States[at].State.Add("x"u8) });

    [Fact]
    public void Check_AnyStateOfAnotherOffset_IsFound() => ForEachState(log => log.States.Count, (log, at) =>
        log.States[at] = log.States[at] with { State = log.States[at == 0 ? 1 : at - 1].State });

    [Fact]
    public void Check_AnyPublicationMissingInTheStateOrTheStream_IsFound() => ForEachState(log => log.Tallied.Count, (log, at) => log.Tallied.RemoveAt(at));

    [Fact]
    public void Check_AnyPublicationDecidedOnAnotherState_IsFound() => ForEachState(log => log.Tallied.Count, (log, at) =>
    {
        log.States.Clear(); // nobody looked
        log.Tallied[at] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(log.Tallied[at]).Replace($"|{at}|", $"|{at + 1}|", StringComparison.Ordinal));
    });

    [Fact]
    public void Check_StateBeyondTheStream_IsFound()
    {
        _log.States.Add(_log.States[^1] with { Offset = 1000 });
        AssertFound(Invariant.State);
    }

    private static void ForEachState(Func<GoodLog, int> count, Action<GoodLog, int> change)
    {
        for (var at = 0; at < count(new GoodLog()); at++)
        {
            var broken = new GoodLog();
            change(broken, at);
            Assert.True(broken.Check().Counts.ContainsKey(Invariant.State), $"a change at {at} was not found");
        }
    }

    private static void ForEachSet(int first, int last, Action<GoodLog, PayloadId> change)
    {
        for (var i = first; i <= last; i++)
        {
            var broken = new GoodLog();
            change(broken, new PayloadId(5, i));
            Assert.Contains(Invariant.AtomicSets, broken.Check().Counts.Keys);
        }
    }

    private void AssertFound(Invariant invariant) => Assert.Contains(invariant, _log.Check().Counts.Keys);

    private static void ForEachDelivery(string channel, Action<List<Observation>, int> change)
    {
        var deliveries = new GoodLog().Of("a", channel).Select((o, at) => (o, at)).Where(x => x.o.Kind == ObservationKind.Delivered).Select(x => x.at);
        foreach (var at in deliveries)
        {
            var broken = new GoodLog();
            change(broken.Of("a", channel), at);
            Assert.True(broken.Check().Count > 0, $"a change at {at} was not found");
        }
    }
}
