using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Transports;

namespace WsCluster.Gateway.Connections;

/// <summary>
/// What time does to a connection: one that brings no connect command is closed, then pings go out and pongs are expected,
/// identity and subscriptions expire, and a closed transport that does not end is aborted.
/// </summary>
internal sealed class ConnectionDeadlines : IDeadline
{
    private readonly Connection _connection;
    private readonly ITransport _transport;
    private readonly GatewayOptions _options;
    private readonly DeadlineClock _clock;
    private readonly PingSchedule _ping;
    private readonly PingKind _pings;
    private DateTimeOffset? _abortAt;
    private long _expiryWake = long.MaxValue; // the next wake for an expiry, in UTC ticks; written by Interlocked alone

    /// <summary>Starts with the time in which the client has to connect.</summary>
    public ConnectionDeadlines(Connection connection, ITransport transport, GatewayOptions options, DeadlineClock clock, PingKind pings)
    {
        _connection = connection;
        _transport = transport;
        _options = options;
        _clock = clock;
        _pings = pings;
        _ping = new PingSchedule(
            pings == PingKind.None ? TimeSpan.Zero : options.PingInterval, options.PongTimeout, expectsPongs: !connection.Codec.IsUnidirectional);
        clock.Schedule(this, connection.OpenedAt + options.StaleTimeout);
    }

    /// <summary>How often the client is pinged by messages; zero for never.</summary>
    public TimeSpan PingInterval => _pings == PingKind.Messages ? _ping.Interval : TimeSpan.Zero;

    /// <summary>The client's pong as a message. False when no ping waits for one.</summary>
    public bool TryPong() => _pings == PingKind.Messages && _ping.TryPong();

    /// <summary>
    /// The client's pong as a frame, whatever is in it: that it came shows that the client is there. Means nothing to a connection
    /// that is pinged by messages.
    /// </summary>
    public void TakePongFrame()
    {
        if (_pings == PingKind.Frames)
        {
            _ping.TryPong();
        }
    }

    /// <summary>A command is being carried out: a pong behind it cannot be read.</summary>
    public void HoldPong() => _ping.Hold(_clock.Now);

    /// <summary>The command is done.</summary>
    public void ReleasePong() => _ping.Release(_clock.Now);

    /// <summary>The connect command succeeded: pings start.</summary>
    public void StartPings()
    {
        _ping.Start(_clock.Now);
        if (_ping.Next is { } ping)
        {
            _clock.Schedule(this, ping);
        }
    }

    /// <summary>
    /// Wakes the connection for the expiry of its identity or of a subscription; null: it never expires. One wake at a time:
    /// the first finds the later ones, so that a client that refreshes all the time fills no clock.
    /// </summary>
    public void ExpireAt(DateTimeOffset? at)
    {
        if (at + _options.ExpiredCloseDelay is not { } wake)
        {
            return;
        }

        var next = Interlocked.Read(ref _expiryWake);
        while (wake.UtcTicks < next)
        {
            var seen = Interlocked.CompareExchange(ref _expiryWake, wake.UtcTicks, next);
            if (seen == next)
            {
                _clock.Schedule(this, wake);
                return;
            }

            next = seen;
        }
    }

    /// <summary>Ends the transport the hard way unless it has ended by then.</summary>
    public void AbortAfter(TimeSpan delay)
    {
        _abortAt = _clock.Now + delay;
        _clock.Schedule(this, _abortAt.Value);
    }

    DateTimeOffset? IDeadline.OnDeadline(DateTimeOffset now)
    {
        if (_connection.IsClosed)
        {
            if (_abortAt <= now)
            {
                _transport.Abort();
            }

            return null; // the abort deadline is scheduled on its own
        }

        if (_connection.Identity is not { } identity)
        {
            var stale = _connection.OpenedAt + _options.StaleTimeout;
            if (now < stale)
            {
                return stale;
            }

            _connection.Close(DisconnectCode.Stale);
            return null;
        }

        if (identity.ExpireAt + _options.ExpiredCloseDelay <= now)
        {
            _connection.Close(DisconnectCode.Expired);
            return null;
        }

        CheckExpiries(identity, now);
        return Ping(now);
    }

    private void CheckExpiries(ClientIdentity identity, DateTimeOffset now)
    {
        var isDue = now.UtcTicks >= Interlocked.Read(ref _expiryWake);
        if (isDue)
        {
            Interlocked.Exchange(ref _expiryWake, long.MaxValue);
            ExpireAt(identity.ExpireAt);
        }

        foreach (var subscription in _connection.GetSubscriptions())
        {
            subscription.CheckExpiry(now, _options.ExpiredCloseDelay);
            if (isDue)
            {
                ExpireAt(subscription.ExpireAt); // of one that just ended, at most one wake too many
            }
        }
    }

    private DateTimeOffset? Ping(DateTimeOffset now)
    {
        switch (_ping.OnDeadline(now))
        {
            case PingAction.Ping when _pings == PingKind.Frames:
                _connection.Writer.Enqueue(OutboundMessage.PingFrame);
                break;
            case PingAction.Ping:
                _connection.Send(new Reply());
                break;
            case PingAction.NoPong:
                _connection.Close(DisconnectCode.NoPong);
                return null;
        }

        return _ping.ShouldReschedule(now) ? _ping.Next : null;
    }
}
