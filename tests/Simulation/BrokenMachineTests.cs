using System.Buffers;
using System.Text;
using WsCluster.Grains.History;
using WsCluster.Routing;
using WsCluster.Tests.Simulation.World;

namespace WsCluster.Tests.Simulation;

/// <summary>The simulation is tested too: with one machine broken on purpose, the checks must find it.</summary>
public sealed class BrokenMachineTests
{
    private const int Most = 2000; // schedules in which a broken machine must show

    [Fact]
    public void ForgottenKeys_AreFound() => MustFail(() => new Tampering { ForgetsKeys = true }, "twice");

    [Fact]
    public void LostLeaves_AreFound() => MustFail(() => new Tampering { LosesLeaves = true }, "ghosts");

    [Fact]
    public void LostBatches_AreFound() => MustFail(() => new LosesBatches(), "stays at");

    [Fact]
    public void SwallowedPublications_AreFound() => MustFail(() => new SwallowsPublications(), "though history has it|brings offset|stays at");

    [Fact]
    public void ChangedPayload_IsFound() => MustFail(() => new ChangesPayloads(), "brings");

    [Fact]
    public void IgnoredEpochChange_IsFound() => MustFail(() => new HidesEpochs(), "brings|stays at|another epoch|back from|did not get");

    [Fact]
    public void HoleInHistory_IsFound() => MustFail(() => new HasHoles(), "brings offset");

    [Fact]
    public void WrongAcknowledgement_IsFound() => MustFail(() => new AcknowledgesWrongly(), "is acknowledged at");

    [Fact]
    public void PublicationLostInHandOver_IsFound() => MustFail(() => new HandsOverTooLittle(), "is committed after|stays at|went back|though history has it");

    [Fact]
    public void KeysLostInHandOver_AreFound() => MustFail(() => new HandsOverNoKeys(), "twice");

    [Fact]
    public void RelayThatLosesPublications_IsFound() => MustFail(() => new RelaysTooLittle(), "stays at|did not get");

    [Fact]
    public void RelayThatForgetsWhatItDropped_IsFound() => MustFail(() => new RelaysOnAfterALoss { IsUnderStrain = true }, "stays at|did not get|another epoch");

    /// <summary>The strain alone is none of the faults.</summary>
    [Fact]
    public void Strain_BreaksNothing() => Assert.Null(Runs.FindFault(first: 0, Most, () => new Tampering { IsUnderStrain = true }));

    private static void MustFail(Func<Tampering> tampering, string reasons)
    {
        var fault = Runs.FindFault(first: 0, Most, tampering);

        Assert.True(fault is not null, "The checks found nothing.");
        Assert.True(reasons.Split('|').Any(reason => fault.Value.Fault.Contains(reason, StringComparison.Ordinal)), $"Found for another reason: {fault.Value.Fault}");
    }

    /// <summary>The network acknowledges a batch that it loses, again and again, and the outbox does not notice.</summary>
    private sealed class LosesBatches : Tampering
    {
        private long _lost;

        public override DeliveryBatch? Delivered(DeliveryBatch batch)
        {
            if (batch.Entries.Length == 0 || ++_lost % 3 > 0)
            {
                return batch;
            }

            // The sequence goes on, so that only the offsets can tell.
            return new DeliveryBatch { SiloId = batch.SiloId, OutboxId = batch.OutboxId, Sequence = batch.Sequence, Entries = [], Relayed = batch.Relayed };
        }
    }

    /// <summary>A receiver that takes a publication for delivered although nobody got it: its offset is given to the next one.</summary>
    private sealed class SwallowsPublications : Tampering
    {
        public override HistoryPage Recovered(string channel, HistoryPage page) =>
            page.Publications.Count > 0 ? page with { Publications = [] } : page;
    }

    /// <summary>A relay that takes one publication of three for passed on.</summary>
    private sealed class RelaysTooLittle : Tampering
    {
        private long _passed;

        public override DeliveryBatch Relayed(DeliveryBatch batch)
        {
            var output = new ArrayBufferWriter<byte>();
            var reader = new DeliveryReader(batch.Entries);
            while (reader.MoveNext())
            {
                if (reader.Kind != DeliveryKind.Publication || ++_passed % 3 > 0)
                {
                    DeliveryWriter.Write(output, reader.Kind, Encoding.UTF8.GetString(reader.Key), reader.Body);
                }
            }

            return Like(batch, output.WrittenSpan.ToArray(), batch.Resynchronise);
        }
    }

    /// <summary>A relay that does not notice that its source dropped what waited: its gateways are not told to subscribe again.</summary>
    private sealed class RelaysOnAfterALoss : Tampering
    {
        public override DeliveryBatch Relayed(DeliveryBatch batch) => Like(batch, batch.Entries, resynchronise: false);
    }

    private static DeliveryBatch Like(DeliveryBatch batch, byte[] entries, bool resynchronise) => new()
    {
        SiloId = batch.SiloId,
        OutboxId = batch.OutboxId,
        Sequence = batch.Sequence,
        Resynchronise = resynchronise,
        SiloStopping = batch.SiloStopping,
        Entries = entries,
        Relayed = batch.Relayed,
    };

    private sealed class ChangesPayloads : Tampering
    {
        public override DeliveryBatch? Delivered(DeliveryBatch batch)
        {
            var output = new ArrayBufferWriter<byte>();
            var reader = new DeliveryReader(batch.Entries);
            while (reader.MoveNext())
            {
                if (reader.Kind == DeliveryKind.Publication)
                {
                    var publication = reader.ReadPublication(out var epoch);
                    DeliveryWriter.WritePublication(output, Encoding.UTF8.GetString(reader.Key), epoch, publication with { Data = "other"u8.ToArray() });
                }
                else
                {
                    DeliveryWriter.Write(output, reader.Kind, Encoding.UTF8.GetString(reader.Key), reader.Body);
                }
            }

            return Like(batch, output.WrittenSpan.ToArray(), batch.Resynchronise);
        }
    }

    /// <summary>The gateway never learns that a stream began anew: every position has the channel's first epoch.</summary>
    private sealed class HidesEpochs : Tampering
    {
        private readonly Dictionary<string, string> _first = [];

        public override ChannelAttachment Attached(string channel, ChannelAttachment attachment) => attachment with { Top = Hide(channel, attachment.Top) };

        public override HistoryPage Recovered(string channel, HistoryPage page) => page with { Top = Hide(channel, page.Top) };

        private StreamPosition Hide(string channel, StreamPosition top)
        {
            _first.TryAdd(channel, top.Epoch);
            return top with { Epoch = _first[channel] };
        }
    }

    private sealed class HasHoles : Tampering
    {
        public override HistoryPage Recovered(string channel, HistoryPage page) => page.Publications.Count > 2
            ? page with { Publications = [page.Publications[0], .. page.Publications.Skip(2)] }
            : page;
    }

    private sealed class HandsOverTooLittle : Tampering
    {
        public override StreamState HandedOver(StreamState state) => state.Publications.Count == 0 ? state : state with
        {
            Top = state.Top with { Offset = state.Top.Offset - 1 },
            Publications = [.. state.Publications.SkipLast(1)],
        };
    }

    private sealed class HandsOverNoKeys : Tampering
    {
        public override StreamState HandedOver(StreamState state) => state with { Keys = [] };
    }

    private sealed class AcknowledgesWrongly : Tampering
    {
        public override StreamPosition Acknowledged(StreamPosition position) =>
            position.Offset > 3 ? position with { Offset = position.Offset - 1 } : position;
    }
}
