namespace WsCluster.Tests.Chaos.Check;

/// <summary>
/// What a channel's streams contain, put together from everything that anybody saw. Invariant 2: no offset of an epoch means
/// two things. Invariant 1, its half about repeats: no payload has two offsets of an epoch.
/// </summary>
internal sealed class StreamTruth(string channel, bool isDurable, Violations violations)
{
    private readonly Dictionary<string, List<PayloadId>> _epochs = []; // by offset
    private readonly Dictionary<PayloadId, (string Epoch, ulong Offset)> _places = []; // the newest

    /// <summary>The epochs that anybody saw.</summary>
    public IReadOnlyCollection<string> Epochs => _epochs.Keys;

    /// <summary>Somebody saw this epoch. A durable stream has one.</summary>
    public List<PayloadId> See(string epoch, string witness)
    {
        if (!_epochs.TryGetValue(epoch, out var payloads))
        {
            _epochs.Add(epoch, payloads = []);
            if (isDurable && _epochs.Count > 1)
            {
                violations.Add(Invariant.AcknowledgedOnce, $"{channel}: a durable stream began anew as {epoch}, says {witness}");
            }
        }

        return payloads;
    }

    /// <summary>Somebody saw this payload at this place.</summary>
    public void Record(string epoch, ulong offset, PayloadId payload, string witness)
    {
        var payloads = See(epoch, witness);
        while ((ulong)payloads.Count <= offset)
        {
            payloads.Add(PayloadId.None);
        }

        if (payloads[(int)offset] == payload)
        {
            return;
        }

        if (payloads[(int)offset] != PayloadId.None)
        {
            violations.Add(
                Invariant.OnePayload, $"{channel} {epoch}/{offset} is {payloads[(int)offset]}, but {payload} for {witness}");
            return;
        }

        payloads[(int)offset] = payload;
        if (_places.TryGetValue(payload, out var other) && (other.Epoch == epoch || isDurable))
        {
            violations.Add(
                Invariant.AcknowledgedOnce, $"{channel}: {payload} is at {other.Epoch}/{other.Offset} and at {epoch}/{offset}, says {witness}");
        }

        _places[payload] = (epoch, offset);
    }

    /// <summary>Where a payload is. False when nobody saw it.</summary>
    public bool TryFind(PayloadId payload, out string epoch, out ulong offset)
    {
        var found = _places.TryGetValue(payload, out var place);
        (epoch, offset) = place;
        return found;
    }
}
