namespace WsCluster.Tests.Chaos.Check;

/// <summary>
/// The publishers' side of one channel. Invariant 1: what was acknowledged is in the stream, at the place that was
/// acknowledged; what was refused is not. Invariant 4: a publisher's acknowledged publications keep their order.
/// </summary>
internal sealed class PublishCheck(string channel, bool isDurable, StreamTruth truth, Violations violations)
{
    private readonly List<PublishRecord> _records = [];

    public void Take(PublishRecord record)
    {
        _records.Add(record);
        if (record is { Outcome: PublishOutcome.Acknowledged, Epoch: { } epoch })
        {
            truth.Record(epoch, record.Offset, record.Payload, "its acknowledgement");
        }
    }

    public void Finish(ChannelHistory history)
    {
        var kept = ReadHistory(history);
        var isWhole = isDurable || truth.Epochs.All(e => e == history.Epoch);
        foreach (var record in _records)
        {
            var mustBeKept = record.Outcome == PublishOutcome.Acknowledged
                && (record.Epoch is null ? isWhole : isDurable || record.Epoch == history.Epoch);
            if (mustBeKept && !kept.Contains(record.Payload))
            {
                violations.Add(Invariant.AcknowledgedOnce, $"{channel}: {record.Payload} was acknowledged at {record.Epoch}/{record.Offset} and is lost");
            }
            else if (record.Outcome == PublishOutcome.Refused && truth.TryFind(record.Payload, out var epoch, out var offset))
            {
                violations.Add(Invariant.AcknowledgedOnce, $"{channel}: {record.Payload} was refused and is at {epoch}/{offset}");
            }
        }

        foreach (var publisher in _records.Where(r => r.Outcome == PublishOutcome.Acknowledged).GroupBy(r => r.Payload.Publisher))
        {
            CheckOrder([.. publisher]);
        }
    }

    private HashSet<PayloadId> ReadHistory(ChannelHistory history)
    {
        var kept = new HashSet<PayloadId>(history.Publications.Count);
        var expected = 0UL;
        foreach (var (offset, payload) in history.Publications)
        {
            if (offset != ++expected)
            {
                violations.Add(Invariant.AcknowledgedOnce, $"{channel}: the history has {offset} where {expected} should be");
                expected = offset;
            }

            truth.Record(history.Epoch, offset, payload, "the history");
            kept.Add(payload);
        }

        if (expected != history.Top)
        {
            violations.Add(Invariant.AcknowledgedOnce, $"{channel}: the history ends at {expected}, its top is {history.Top}");
        }

        return kept;
    }

    /// <summary>
    /// Whatever was acknowledged before another attempt began stands before it; on one line also what was merely sent before.
    /// </summary>
    private void CheckOrder(List<PublishRecord> records)
    {
        var byStart = records.OrderBy(r => r.StartedAt).ThenBy(r => r.Payload.Sequence).ToList();
        var byEnd = records.OrderBy(r => r.EndedAt).ToList();
        var ended = new Dictionary<string, (ulong Offset, PayloadId Payload)>(); // the highest of what had ended, by epoch
        var lines = new Dictionary<(int, string), (ulong Offset, PayloadId Payload)>(); // the last, by line and epoch
        var next = 0;
        foreach (var record in byStart)
        {
            for (; next < byEnd.Count && byEnd[next].EndedAt < record.StartedAt; next++)
            {
                if (truth.TryFind(byEnd[next].Payload, out var earlierEpoch, out var earlier)
                    && (!ended.TryGetValue(earlierEpoch, out var highest) || highest.Offset < earlier))
                {
                    ended[earlierEpoch] = (earlier, byEnd[next].Payload);
                }
            }

            if (!truth.TryFind(record.Payload, out var epoch, out var offset))
            {
                continue; // not seen by anybody: invariant 1 has said so where it may not be
            }

            if (ended.TryGetValue(epoch, out var before) && before.Offset > offset)
            {
                violations.Add(Invariant.PublisherOrder, $"{channel}: {record.Payload} at {offset} began after {before.Payload} at {before.Offset} was acknowledged");
            }

            if (record.Line != 0)
            {
                if (lines.TryGetValue((record.Line, epoch), out var sentBefore) && sentBefore.Offset > offset)
                {
                    violations.Add(Invariant.PublisherOrder, $"{channel}: {record.Payload} at {offset} was sent after {sentBefore.Payload} at {sentBefore.Offset}");
                }

                lines[(record.Line, epoch)] = (offset, record.Payload);
            }
        }
    }
}
