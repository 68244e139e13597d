namespace WsCluster.Grains.Routing;

/// <summary>
/// How long a gateway has left a batch unacknowledged. It is counted in ticks, not read off the clock: after a pause of this very
/// process (a debugger, a stopped container) a clock would find every gateway silent, while the timer has ticked only once. A field of
/// the outbox, whose lock guards it.
/// </summary>
/// <param name="length">The time after which the gateway counts as gone.</param>
internal struct GatewayLease(TimeSpan length)
{
    private bool _sentSinceTick;
    private TimeSpan _silence;

    /// <summary>True while a batch is under way.</summary>
    public bool AwaitsAcknowledgement { get; private set; }

    /// <summary>A batch is sent.</summary>
    public void Sent()
    {
        AwaitsAcknowledgement = true;
        _sentSinceTick = true;
    }

    /// <summary>The gateway has taken it.</summary>
    public void Acknowledged()
    {
        AwaitsAcknowledgement = false;
        _silence = TimeSpan.Zero;
    }

    /// <summary>The passing of one <see cref="OutboxContext.TickInterval"/>.</summary>
    public LeaseState Tick()
    {
        if (AwaitsAcknowledgement)
        {
            _silence += OutboxContext.TickInterval;
            return _silence < length ? LeaseState.Held : LeaseState.Over;
        }

        var state = _sentSinceTick ? LeaseState.Held : LeaseState.NeedsHeartbeat;
        _sentSinceTick = false;
        return state;
    }
}

/// <summary>What a tick found.</summary>
internal enum LeaseState
{
    /// <summary>Nothing is to be done.</summary>
    Held,

    /// <summary>Nothing was sent since the last tick: an empty batch is due.</summary>
    NeedsHeartbeat,

    /// <summary>The gateway was silent for too long.</summary>
    Over,
}
