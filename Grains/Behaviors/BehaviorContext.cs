using Microsoft.Extensions.Logging;

namespace WsCluster.Grains.Behaviors;

/// <summary>What all behaviors of a silo share.</summary>
/// <param name="Options">Their limits.</param>
/// <param name="Time">The clock.</param>
/// <param name="Metrics">Where failures are counted.</param>
/// <param name="Logger">Where failures are logged.</param>
internal sealed record BehaviorContext(BehaviorOptions Options, TimeProvider Time, GrainMetrics Metrics, ILogger Logger);
