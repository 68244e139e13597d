namespace WsCluster.Grains.Behaviors;

/// <summary>How the faults of one behavior are logged: it knows whose they are.</summary>
/// <param name="Threw">A handler threw.</param>
/// <param name="TookTooLong">A handler took longer than the limit.</param>
internal sealed record BehaviorFaultLog(Action<string, Exception> Threw, Action<string, TimeSpan> TookTooLong);
