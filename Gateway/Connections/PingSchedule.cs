namespace WsCluster.Gateway.Connections;

/// <summary>What a deadline asks of a connection.</summary>
internal enum PingAction
{
    None,
    Ping,
    NoPong,
}

/// <summary>
/// When a connection is pinged and by when it must have answered (protocol §15). The first ping goes after a random time
/// between half and the whole interval, so that clients that came together do not stay together; rounded, so that the gateway wakes
/// twice a second for all of them. A pong is a command and waits for the one before it, so time in which a command is carried out
/// does not count against the client.
/// </summary>
/// <param name="interval">Time between pings; zero for none.</param>
/// <param name="pongTimeout">Time in which a pong must come.</param>
/// <param name="expectsPongs">False for clients that cannot answer.</param>
internal sealed class PingSchedule(TimeSpan interval, TimeSpan pongTimeout, bool expectsPongs = true)
{
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(500);

    private readonly Lock _sync = new();
    private DateTimeOffset _nextPing = DateTimeOffset.MaxValue; // guarded by _sync, like the fields below
    private DateTimeOffset? _pongBy;
    private DateTimeOffset? _heldSince; // a command is being carried out
    private DateTimeOffset? _scheduled;

    /// <summary>Time between pings; zero for none.</summary>
    public TimeSpan Interval => interval;

    /// <summary>The next time at which something is due; null without pings.</summary>
    public DateTimeOffset? Next
    {
        get
        {
            lock (_sync)
            {
                _scheduled = interval > TimeSpan.Zero ? Earliest() : null;
                return _scheduled;
            }
        }
    }

    /// <summary>Starts pinging.</summary>
    public void Start(DateTimeOffset now)
    {
        lock (_sync)
        {
            var first = now + interval * (0.5 + Random.Shared.NextDouble() / 2);
            _nextPing = interval < Rounding * 10 ? first : first.AddTicks(Rounding.Ticks - (first.Ticks % Rounding.Ticks));
        }
    }

    /// <summary>What is due now.</summary>
    public PingAction OnDeadline(DateTimeOffset now)
    {
        lock (_sync)
        {
            if (interval <= TimeSpan.Zero)
            {
                return PingAction.None;
            }

            CreditHeldTime(now);
            if (_pongBy <= now)
            {
                return PingAction.NoPong;
            }

            if (_nextPing > now)
            {
                return PingAction.None;
            }

            _nextPing = now + interval;
            if (_pongBy is not null)
            {
                return PingAction.None; // its pong is still waiting for a command; two pongs for one ping would break the protocol
            }

            _pongBy = expectsPongs ? now + pongTimeout : null;
            return PingAction.Ping;
        }
    }

    /// <summary>A command is being carried out: a pong behind it cannot be read.</summary>
    public void Hold(DateTimeOffset now)
    {
        lock (_sync)
        {
            _heldSince = now;
        }
    }

    /// <summary>The command is done.</summary>
    public void Release(DateTimeOffset now)
    {
        lock (_sync)
        {
            CreditHeldTime(now);
            _heldSince = null;
        }
    }

    /// <summary>
    /// True when this wake-up was the scheduled one, so that the next must be scheduled; other deadlines of the connection
    /// wake it too and must not multiply the schedule.
    /// </summary>
    public bool ShouldReschedule(DateTimeOffset now)
    {
        lock (_sync)
        {
            return _scheduled is not null && _scheduled <= now;
        }
    }

    /// <summary>Takes a pong. False when none is due.</summary>
    public bool TryPong()
    {
        lock (_sync)
        {
            var expected = _pongBy is not null;
            _pongBy = null;
            return expected;
        }
    }

    private void CreditHeldTime(DateTimeOffset now)
    {
        if (_heldSince is { } since)
        {
            _pongBy += now - since;
            _heldSince = now;
        }
    }

    private DateTimeOffset Earliest() => _pongBy is { } pong && pong < _nextPing ? pong : _nextPing;
}
