using System.Buffers.Binary;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Canaries;

/// <summary>
/// Publishes to a channel of its own in one lane and listens for it. A publication counts as missed when the grain took it
/// and nothing was heard since; one that the grain did not take says nothing about deliveries, and a late one is no loss.
/// </summary>
internal sealed class LaneCanary
{
    /// <summary>Misses in a row that make a canary silent.</summary>
    public const int MissesUntilSilent = 2;

    /// <summary>A canary that stays silent has its gateway subscribe again ever more rarely, but at least this often.</summary>
    private const int MostMissesBetween = 32;

    private readonly Lock _sync = new();
    private readonly ChannelSubscribers _channel;
    private readonly IChannelGrain _grain;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _number; // of the last publication; guarded by _sync, like all fields below
    private long _publishedAt;
    private bool _acknowledged;
    private bool _publishing;
    private bool _heard;
    private TimeSpan? _delay;
    private int _misses;
    private int _alarmAt = MissesUntilSilent;

    /// <summary>Listens at a channel that somebody keeps open.</summary>
    public LaneCanary(ChannelSubscribers channel, IChannelGrain grain, GatewayMetrics metrics, TimeProvider time, ILogger logger)
    {
        _channel = channel;
        _grain = grain;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        channel.Listener = Heard;
    }

    /// <summary>The lane that it watches.</summary>
    public int Lane => _channel.Link.Lane;

    /// <summary>How long the last publication that was heard took; null before the first.</summary>
    public TimeSpan? Delay
    {
        get
        {
            lock (_sync)
            {
                return _delay;
            }
        }
    }

    /// <summary>True while deliveries do not come although publications are acknowledged.</summary>
    public bool IsSilent
    {
        get
        {
            lock (_sync)
            {
                return _misses >= MissesUntilSilent;
            }
        }
    }

    /// <summary>Judges the last publication. True when the gateway should subscribe to everything again.</summary>
    public bool Check()
    {
        var isQuiet = _channel.Link.IsQuiet; // else the loss is known, and being made good
        lock (_sync)
        {
            if (!_acknowledged || _heard || !isQuiet)
            {
                return false;
            }

            _misses++;
            _metrics.CanaryMissed(Lane);
            if (_misses < _alarmAt)
            {
                return false;
            }

            _alarmAt = _misses + Math.Min(_misses, MostMissesBetween);
        }

        return true;
    }

    /// <summary>Publishes the next one, unless the last is still on its way to the grain.</summary>
    /// <param name="limit">How long to wait for the grain.</param>
    public async Task PublishAsync(TimeSpan limit)
    {
        lock (_sync)
        {
            if (_publishing)
            {
                return;
            }

            _publishing = true;
            _acknowledged = false;
        }

        try
        {
            if (await _channel.Link.EnsureAttachedAsync() == ErrorCode.None)
            {
                await _grain.PublishAsync(new PublishRequest { Data = NextData() }).WaitAsync(limit, _time);
                lock (_sync)
                {
                    _acknowledged = true;
                }
            }
        }
        catch (Exception e)
        {
            GatewayLog.CanaryUnanswered(_logger, Lane, e.Message);
        }
        finally
        {
            lock (_sync)
            {
                _publishing = false;
            }
        }
    }

    private byte[] NextData()
    {
        var data = new byte[sizeof(long)];
        lock (_sync)
        {
            BinaryPrimitives.WriteInt64LittleEndian(data, ++_number);
            _publishedAt = _time.GetTimestamp();
            _heard = false;
        }

        return data;
    }

    /// <summary>Called under the channel's lock.</summary>
    private void Heard(Publication publication)
    {
        bool wasSilent;
        lock (_sync)
        {
            if (BinaryPrimitives.TryReadInt64LittleEndian(publication.Data, out var number) && number == _number)
            {
                _delay = _time.GetElapsedTime(_publishedAt);
                _metrics.CanaryHeard(_delay.Value);
            }

            wasSilent = _misses >= MissesUntilSilent;
            _heard = true;
            _misses = 0;
            _alarmAt = MissesUntilSilent;
        }

        if (wasSilent)
        {
            GatewayLog.CanaryHeardAgain(_logger, Lane);
        }
    }
}
