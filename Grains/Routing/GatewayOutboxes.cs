using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using WsCluster.Grains.Limits;
using WsCluster.Routing;

namespace WsCluster.Grains.Routing;

/// <summary>
/// The outboxes of a silo: one for each lane of each gateway that an activation here delivers to. All lanes of a gateway
/// share its fate, and a newer incarnation ends the older at once.
/// </summary>
internal class GatewayOutboxes : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    // An outbox that nobody uses stays for a while: channels come and go.
    private const int IdleTicksKept = 30;
    private static readonly TimeSpan StopFlushLimit = TimeSpan.FromSeconds(1);

    private readonly OutboxContext _context;
    private readonly LossNotifier _losses;
    private readonly LocalLanes? _local;
    private readonly ITimer _timer;
    private readonly Lock _lock = new(); // guards _gateways and the owners in it
    private readonly Dictionary<string, Gateway> _gateways = new(StringComparer.Ordinal);

    /// <param name="silo">This silo.</param>
    /// <param name="options">Limits and the lease.</param>
    /// <param name="limits">What the silo may hold as a whole.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">What is measured.</param>
    /// <param name="loggers">For the log.</param>
    /// <param name="local">Lanes of a gateway in this process.</param>
    /// <param name="background">Where pumps run; null for the thread pool.</param>
    /// <param name="relays">True for the outboxes of relaying.</param>
    public GatewayOutboxes(
        ILocalSiloDetails silo,
        IOptions<DeliveryOptions> options,
        SiloLimits limits,
        TimeProvider time,
        GrainMetrics metrics,
        ILoggerFactory loggers,
        LocalLanes? local = null,
        TaskScheduler? background = null,
        bool relays = false)
    {
        _local = local;
        _context = new OutboxContext
        {
            SiloId = silo.SiloAddress.ToParsableString() + (relays ? OutboxContext.RelaySuffix : ""),
            IsRelay = relays,
            Options = options.Value,
            Limit = limits.Outboxes,
            Time = time,
            Metrics = metrics,
            Logger = loggers.CreateLogger<GatewayOutboxes>(),
            Background = background ?? TaskScheduler.Default,
            Local = local,
        };
        _losses = new LossNotifier(_context);
        if (relays)
        {
            metrics.ObserveRelayBytes(() => QueuedBytes);
        }
        else
        {
            metrics.Observe(limits);
            metrics.ObserveOutboxBytes(() => QueuedBytes);
        }

        using (ExecutionContext.SuppressFlow())
        {
            _timer = time.CreateTimer(_ => Tick(), null, OutboxContext.TickInterval, OutboxContext.TickInterval);
        }
    }

    /// <summary>The silo's address with its generation.</summary>
    public string SiloId => _context.SiloId;

    /// <summary>What is measured.</summary>
    public GrainMetrics Metrics => _context.Metrics;

    /// <summary>Bytes that wait in all of them.</summary>
    private long QueuedBytes => Outboxes().Sum(outbox => outbox.QueuedBytes);

    /// <summary>The outbox of a lane, kept open while it has owners.</summary>
    /// <param name="lane">Where to deliver.</param>
    /// <param name="owner">Who does.</param>
    /// <param name="lease">The lease of an outbox that is opened by this; null for what is configured for gateways.</param>
    /// <exception cref="WsClusterException">The lane belongs to an incarnation that a newer one has replaced.</exception>
    public GatewayOutbox Attach(GatewayLane lane, OutboxOwner owner, TimeSpan? lease = null)
    {
        Gateway? replaced = null;
        try
        {
            lock (_lock)
            {
                if (_gateways.TryGetValue(lane.GatewayId, out var gateway) && gateway.Incarnation != lane.Incarnation)
                {
                    if (gateway.Incarnation > lane.Incarnation)
                    {
                        throw new WsClusterException(ErrorCode.BadRequest, $"Gateway {lane.GatewayId} has been replaced by a newer one.");
                    }

                    _gateways.Remove(lane.GatewayId);
                    replaced = gateway;
                    gateway = null;
                }

                if (gateway is null)
                {
                    gateway = new Gateway(lane.Incarnation);
                    _gateways.Add(lane.GatewayId, gateway);
                }

                if (!gateway.Lanes.TryGetValue(lane.Lane, out var attached))
                {
                    attached = new AttachedLane(new GatewayOutbox(_context, lane, _local?.Resolve(lane) ?? lane.Observer, Lose, lease));
                    gateway.Lanes.Add(lane.Lane, attached);
                }

                attached.Owners.Add(owner);
                return attached.Outbox;
            }
        }
        finally
        {
            if (replaced is not null)
            {
                RoutingLog.GatewayReplaced(_context.Logger, lane.GatewayId, replaced.Incarnation, lane.Incarnation);
                End(lane.GatewayId, replaced);
            }
        }
    }

    /// <summary>From now on gateways are told of this silo's entrance.</summary>
    public void OpenEntrance(string id) => _context.Entrance = id;

    /// <summary>A gateway has taken this batch of one of the outboxes; its answer may have got lost.</summary>
    public void Acknowledge(Guid outboxId, long sequence) =>
        Array.Find(Outboxes(), outbox => outbox.Id == outboxId)?.Acknowledge(sequence);

    /// <summary>The owner delivers no more through this outbox; what it queued still goes.</summary>
    public void Detach(GatewayOutbox outbox, OutboxOwner owner)
    {
        lock (_lock)
        {
            if (_gateways.TryGetValue(outbox.GatewayId, out var gateway) &&
                gateway.Lanes.TryGetValue(outbox.Lane, out var attached) && attached.Outbox == outbox)
            {
                attached.Owners.Remove(owner);
            }
        }
    }

    /// <summary>
    /// Has the silo say goodbye when it begins to stop, while gateways are still connected; before that only relays are emptied
    /// (<see cref="Relays.RelayRetirement"/>).
    /// </summary>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(GatewayOutboxes), ServiceLifecycleStage.Last - 1, _ => Task.CompletedTask, _ => AnnounceStopAsync());

    /// <summary>Ends when all that is queued has been acknowledged, or where it goes is given up.</summary>
    /// <param name="gatewayId">Of this gateway only; null: of all.</param>
    public Task FlushAsync(string? gatewayId = null) =>
        Task.WhenAll(Outboxes().Where(outbox => gatewayId is null || outbox.GatewayId == gatewayId).Select(outbox => outbox.FlushAsync()));

    /// <summary>Tells all gateways that the silo stops, and waits for them for a moment.</summary>
    public async Task AnnounceStopAsync()
    {
        foreach (var outbox in Outboxes())
        {
            outbox.AnnounceStop();
        }

        try
        {
            await FlushAsync().WaitAsync(StopFlushLimit, _context.Time);
        }
        catch (TimeoutException)
        {
            // Gateways that did not hear it notice the silo's silence.
        }
    }

    /// <summary>Stops all deliveries, with the silo.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        foreach (var outbox in Outboxes())
        {
            outbox.Close();
        }

        GC.SuppressFinalize(this);
    }

    private void Tick()
    {
        foreach (var outbox in Outboxes())
        {
            outbox.Tick();
        }

        CloseIdle();
    }

    private void CloseIdle()
    {
        lock (_lock)
        {
            foreach (var (id, gateway) in _gateways)
            {
                foreach (var (lane, attached) in gateway.Lanes)
                {
                    attached.IdleTicks = attached.Owners.Count == 0 ? attached.IdleTicks + 1 : 0;
                    if (attached.IdleTicks > IdleTicksKept)
                    {
                        attached.Outbox.Close();
                        gateway.Lanes.Remove(lane); // a dictionary allows removal while it is walked
                    }
                }

                if (gateway.Lanes.Count == 0)
                {
                    _gateways.Remove(id);
                }
            }
        }
    }

    /// <summary>One lane found the gateway dead: all of its outboxes here end.</summary>
    private void Lose(GatewayOutbox outbox)
    {
        Gateway? gateway;
        lock (_lock)
        {
            if (!_gateways.TryGetValue(outbox.GatewayId, out gateway) || gateway.Incarnation != outbox.Incarnation)
            {
                outbox.Close();
                return;
            }

            _gateways.Remove(outbox.GatewayId);
        }

        if (!_context.IsRelay)
        {
            _context.Metrics.GatewayLost(); // what relaying loses of it says less: the silo's own outboxes decide about a gateway
        }

        End(outbox.GatewayId, gateway);
    }

    private void End(string gatewayId, Gateway gateway)
    {
        // It is no longer in the dictionary, so nobody else touches its lanes.
        var owners = new HashSet<OutboxOwner>();
        foreach (var attached in gateway.Lanes.Values)
        {
            attached.Outbox.Close();
            owners.UnionWith(attached.Owners);
        }

        _losses.Tell(owners, gatewayId, gateway.Incarnation);
    }

    private GatewayOutbox[] Outboxes()
    {
        lock (_lock)
        {
            return [.. _gateways.Values.SelectMany(gateway => gateway.Lanes.Values, (_, attached) => attached.Outbox)];
        }
    }

    private sealed class Gateway(long incarnation)
    {
        public long Incarnation { get; } = incarnation;

        public Dictionary<int, AttachedLane> Lanes { get; } = [];
    }

    private sealed class AttachedLane(GatewayOutbox outbox)
    {
        public GatewayOutbox Outbox { get; } = outbox;

        public HashSet<OutboxOwner> Owners { get; } = [];

        public int IdleTicks { get; set; }
    }
}
