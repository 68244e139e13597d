using Microsoft.Extensions.Logging;

namespace WsCluster.Grains.Routing;

/// <summary>What all outboxes of a silo share.</summary>
internal sealed record OutboxContext
{
    /// <summary>How often an idle outbox sends an empty batch, and how finely a lease is measured.</summary>
    public static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    /// <summary>The silo's address with its generation.</summary>
    public required string SiloId { get; init; }

    public required DeliveryOptions Options { get; init; }

    public required TimeProvider Time { get; init; }

    public required GrainMetrics Metrics { get; init; }

    public required ILogger Logger { get; init; }

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
