using System.Diagnostics.CodeAnalysis;

namespace WsCluster.Tests.Simulation.Engine;

/// <summary>A broken invariant: what a schedule ends with.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Always has a reason.")]
internal sealed class SimulationFault(string reason) : Exception(reason);
