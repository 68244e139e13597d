namespace WsCluster.Grains.Hosting.Health;

/// <summary>One thing that must be so before a process is ready.</summary>
/// <param name="Name">A short name that stays: operators' tools read it.</param>
/// <param name="Problem">What is wrong, or null when it is fine.</param>
public readonly record struct HealthCheck(string Name, string? Problem);
