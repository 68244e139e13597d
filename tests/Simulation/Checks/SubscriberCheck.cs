using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Tests.Simulation.World;
using Wire = WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Tests.Simulation.Checks;

/// <summary>
/// Judges what one subscriber gets of one channel: offsets rise by one within an epoch unless a gap was announced, every
/// offset has the payload that was committed there, and what could be recovered is recovered.
/// </summary>
internal sealed class SubscriberCheck(Journal journal, Action<string> fail, string client, string channel, bool positioned, int maxRecovery)
{
    private readonly HashSet<string> _pastEpochs = new(StringComparer.Ordinal); // of a subscriber without positions
    private readonly Dictionary<string, int> _withoutOffset = new(StringComparer.Ordinal);
    private string _epoch = "";
    private ulong _offset;

    /// <summary>Where it stands and would recover from; null when it is not positioned or has no position.</summary>
    public StreamPosition? Position { get; private set; }

    /// <summary>The payload that came last.</summary>
    public string? Last { get; private set; }

    /// <summary>The subscription began.</summary>
    public void Subscribed(StreamPosition? asked, SubscribeResult result)
    {
        (_epoch, _offset) = ("", 0);
        _pastEpochs.Clear();
        _withoutOffset.Clear();
        CheckState(result);
        if (!positioned)
        {
            return;
        }

        if (result.Recovered && asked is { } from && (from.Offset != result.Offset || from.Epoch != result.Epoch))
        {
            fail($"{client}: {channel} is recovered from another position than was asked");
        }

        var fromState = !result.Data.IsEmpty;
        if (!result.Recovered && !fromState && result.Publications.Count > 0)
        {
            fail($"{client}: {channel} brings publications without recovery");
        }

        if (!result.Recovered && asked is { } lost)
        {
            var top = result.Offset + (ulong)result.Publications.Count; // of a state: what follows it is in the reply
            if (lost.Epoch == result.Epoch && top >= lost.Offset && top - lost.Offset <= (ulong)maxRecovery && journal.IsKept(channel, lost.Epoch))
            {
                fail($"{client}: {channel} is not recovered from {lost.Offset} to {result.Offset}, though history has it");
            }

            if (lost.Epoch == result.Epoch && result.Offset < lost.Offset)
            {
                fail($"{client}: {channel} went back from {lost.Offset} to {result.Offset}");
            }
        }

        Position = new StreamPosition(result.Offset, result.Epoch);
        foreach (var publication in result.Publications)
        {
            Received(publication);
        }
    }

    /// <summary>A state that it starts from is that of some beginning of the channel's stream; with a position, of the one up to there.</summary>
    private void CheckState(SubscribeResult result)
    {
        if (result.Data.IsEmpty)
        {
            return;
        }

        var state = Chain.Read(result.Data.Span);
        var isRight = state == new Chain() || (positioned
            ? state == Chain.Of(journal, channel, result.Epoch, result.Offset)
            : journal.Epochs(channel).Any(epoch => state == Chain.Of(journal, channel, epoch, state.Count)));
        if (!isRight || (positioned && state.Count != result.Offset))
        {
            fail($"{client}: {channel} starts from a state of {state.Count} publications at {result.Offset} that is not what they make");
        }
    }

    /// <summary>A subscribe was refused because the position could not be recovered.</summary>
    public void Unrecoverable(StreamPosition? asked)
    {
        if (asked is { } lost && journal.HasOneEpoch(channel) && journal.IsKept(channel, lost.Epoch)
            && journal.Top(channel, lost.Epoch) - lost.Offset <= (ulong)maxRecovery)
        {
            fail($"{client}: {channel} cannot be recovered from {lost.Offset}, though history has it");
        }

        Position = null;
    }

    /// <summary>A publication arrived.</summary>
    public void Received(Wire.Publication publication)
    {
        var payload = publication.Data.ToStringUtf8();
        Last = payload;
        if (publication.Offset == 0)
        {
            var times = _withoutOffset[payload] = _withoutOffset.GetValueOrDefault(payload) + 1;
            if (times > journal.CountWithoutOffset(channel, payload))
            {
                fail($"{client}: {channel} brings {payload} {times} times, more often than it was published");
            }
        }
        else if (positioned)
        {
            ReceivedInPlace(publication.Offset, payload);
        }
        else
        {
            ReceivedInSomeEpoch(publication.Offset, payload);
        }
    }

    private void ReceivedInPlace(ulong offset, string payload)
    {
        var position = Position ?? new StreamPosition(0, "");
        if (offset != position.Offset + 1)
        {
            fail($"{client}: {channel} brings offset {offset} after {position.Offset}");
        }

        if (journal.PayloadAt(channel, position.Epoch, offset) != payload)
        {
            fail($"{client}: {channel} brings {payload} at {offset}, where {journal.PayloadAt(channel, position.Epoch, offset) ?? "nothing"} is");
        }

        Position = position with { Offset = offset };
    }

    /// <summary>Without positions the client does not know the epoch: it is the one that has the payload there.</summary>
    private void ReceivedInSomeEpoch(ulong offset, string payload)
    {
        if (journal.PayloadAt(channel, _epoch, offset) == payload && offset > _offset)
        {
            _offset = offset;
            return;
        }

        foreach (var epoch in journal.Epochs(channel))
        {
            if (epoch != _epoch && !_pastEpochs.Contains(epoch) && journal.PayloadAt(channel, epoch, offset) == payload)
            {
                _pastEpochs.Add(_epoch);
                (_epoch, _offset) = (epoch, offset);
                return;
            }
        }

        fail($"{client}: {channel} brings {payload} at {offset} again, or out of order, or it never was there");
    }
}
