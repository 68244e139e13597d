using Microsoft.Extensions.Logging;
using WsCluster.Grains.Limits;
using WsCluster.Routing;

namespace WsCluster.Grains.Routing;

/// <summary>What all outboxes of a silo share.</summary>
internal sealed record OutboxContext
{
    /// <summary>How often an idle outbox sends an empty batch, and how finely a lease is measured.</summary>
    public static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private int _open;
    private volatile string? _entrance;

    /// <summary>The silo's address with its generation; of a relay's outboxes with <see cref="RelaySuffix"/>.</summary>
    public required string SiloId { get; init; }

    /// <summary>True for the outboxes of relaying.</summary>
    public bool IsRelay { get; init; }

    /// <summary>What a relay's id has in addition to that of its silo.</summary>
    public const string RelaySuffix = "/relay";

    public required DeliveryOptions Options { get; init; }

    /// <summary>Bytes that may wait in all outboxes together.</summary>
    public required Allowance Limit { get; init; }

    public required TimeProvider Time { get; init; }

    public required GrainMetrics Metrics { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>The id of the silo's entrance, which every batch names; null until it is open, and where there is none.</summary>
    public string? Entrance
    {
        get => _entrance;
        set => _entrance = value;
    }

    /// <summary>Outboxes that are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>
    /// True when an outbox that holds this many bytes may keep them: they fit into its own limit, and the silo's is not passed or this
    /// outbox has no more than its equal share of it. So the gateway that does not take its deliveries pays, not its neighbours.
    /// </summary>
    public bool Allows(long bytes) => bytes <= Options.MaxOutboxBytes && (!Limit.IsOver || bytes <= Limit.Limit / Math.Max(1, Open));

    /// <summary>An outbox opens or closes.</summary>
    public void CountOpen(int change) => Interlocked.Add(ref _open, change);

    /// <summary>Lanes in this process; null without.</summary>
    public LocalLanes? Local { get; init; }

    /// <summary>Where pumps and notifications run: they belong to no grain.</summary>
    public TaskScheduler Background { get; init; } = TaskScheduler.Default;

    /// <summary>Starts work that is nobody's: from an activation it would otherwise run as part of it.</summary>
    public void Start(Func<Task> work)
    {
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Background);
        }
    }
}
