using WsCluster.Gateway.Limits;
using WsCluster.Routing;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// Puts what comes of a channel by two ways, straight from its silo and by relays, into the one order in which the channel delivered it:
/// the straight way says where it goes on at a relay, the relay where its stint begins and ends (<see cref="RelayStint"/>). What comes
/// early on the one way waits until the other has ended. Not safe by itself: the channel's lock guards it.
/// </summary>
/// <param name="pass">Takes what is due, in order.</param>
/// <param name="turned">The way changed: to a relay (its id, and its outbox when that is known), or back (null).</param>
/// <param name="metrics">Counts what waits.</param>
internal sealed class DeliveryWays(Action<Arrival> pass, Action<string?, Guid> turned, GatewayMetrics metrics)
{
    /// <summary>Bytes that may wait. What comes beyond ends the wait: the gateway subscribes again, and what it lacks is read from history.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Relays whose stints are known; a channel comes by one at a time. One more, and all are forgotten: what still comes by them is dropped.</summary>
    public const int MostRelays = 16;

    private readonly Dictionary<Guid, RelayStint> _begun = []; // the stint that each relay outbox is in
    private readonly List<(RelayStint Stint, Arrival Arrival)> _waiting = [];
    private RelayStint _followed; // default: the straight way
    private RelayStint _over; // it and those before are
    private string? _relayId;
    private int _bytes;
    private bool _isBehind; // something is due that was not passed, since what was before it is broken

    /// <summary>Takes a delivery.</summary>
    /// <param name="relay">The relay's outbox that it came by; empty for the straight way.</param>
    /// <param name="arrival">What came.</param>
    /// <returns>False when too much waits for the other way: subscribe again.</returns>
    public bool Take(Guid relay, in Arrival arrival)
    {
        var stint = default(RelayStint);
        if (relay != Guid.Empty)
        {
            if (arrival.Kind == DeliveryKind.RelayBegin)
            {
                Begin(relay, arrival.Stint);
                return true;
            }

            if (!_begun.TryGetValue(relay, out stint) || stint.IsUpTo(_over))
            {
                return true; // of a stint that this gateway has left, or never knew
            }
        }

        if (stint != _followed)
        {
            return TryWait(stint, arrival);
        }

        Follow(arrival);
        return true;
    }

    /// <summary>
    /// The channel's silo delivers straight again: a subscription was answered. All stints up to this one are over, whatever is still
    /// on its way.
    /// </summary>
    public void Restart(RelayStint newest)
    {
        _over = newest;
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            var stint = _waiting[i].Stint;
            if (stint != default && (stint.Life != newest.Life || stint.IsUpTo(newest)))
            {
                Count(-BytesOf(_waiting[i].Arrival));
                _waiting.RemoveAt(i);
            }
        }

        if (_followed != default && (_followed.Life != newest.Life || _followed.IsUpTo(newest)))
        {
            Turn(default, null);
        }

        PassDue();
    }

    /// <summary>The channel is closed.</summary>
    public void Close()
    {
        _waiting.Clear();
        Count(-_bytes);
    }

    private void Begin(Guid relay, RelayStint stint)
    {
        if (_begun.Count >= MostRelays)
        {
            _begun.Clear(); // what still comes by one of them is not in order any more; its silence will be noticed
            metrics.LimitHit(GatewayLimit.Relays);
        }

        _begun[relay] = stint;
        if (stint == _followed)
        {
            turned(_relayId, relay);
        }
    }

    /// <summary>Takes what came by the way that counts now, and then what has become due by it.</summary>
    private void Follow(in Arrival arrival)
    {
        if (_isBehind)
        {
            PassDue();
        }

        if (Step(arrival))
        {
            PassDue();
        }
    }

    /// <summary>True when the way changed.</summary>
    private bool Step(in Arrival arrival)
    {
        switch (arrival.Kind)
        {
            case DeliveryKind.Relayed when _followed == default && !arrival.Stint.IsUpTo(_over):
                Turn(arrival.Stint, arrival.RelayId);
                return true;
            case DeliveryKind.RelayEnd when _followed != default && arrival.Stint == _followed:
                _over = _followed;
                Turn(default, null);
                return true;
            case DeliveryKind.Relayed or DeliveryKind.RelayEnd:
                return false;
            default:
                pass(arrival);
                return false;
        }
    }

    private void Turn(RelayStint stint, string? relayId)
    {
        _followed = stint;
        _relayId = relayId;
        var outbox = Guid.Empty;
        foreach (var (relay, begun) in _begun)
        {
            outbox = stint != default && begun == stint ? relay : outbox;
        }

        turned(relayId, outbox);
    }

    private void PassDue()
    {
        while (PassUntilTurn())
        {
            // What came earlier by the other way is due now.
        }
    }

    /// <summary>Passes what waits for the present way, in order. True when that ended by the way changing.</summary>
    private bool PassUntilTurn()
    {
        int kept = 0, next = 0;
        _isBehind = true;
        try
        {
            var turned = false;
            while (next < _waiting.Count)
            {
                var (stint, arrival) = _waiting[next++];
                if (turned || stint != _followed)
                {
                    _waiting[kept++] = (stint, arrival);
                    continue;
                }

                Count(-BytesOf(arrival));
                turned = Step(arrival);
            }

            _isBehind = false;
            return turned;
        }
        finally
        {
            _waiting.RemoveRange(kept, next - kept); // also when one of them is broken: none may come twice
        }
    }

    private bool TryWait(RelayStint stint, in Arrival arrival)
    {
        if (_bytes >= MaxBytes)
        {
            metrics.HeldDropped();
            return false;
        }

        _waiting.Add((stint, arrival));
        Count(BytesOf(arrival));
        return true;
    }

    private static int BytesOf(in Arrival arrival) => KeptBytes.Of(arrival.Publication?.Data.Length ?? 0);

    private void Count(int bytes)
    {
        _bytes += bytes;
        if (bytes != 0)
        {
            metrics.Held(bytes);
        }
    }
}
