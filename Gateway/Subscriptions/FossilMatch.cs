namespace WsCluster.Gateway.Subscriptions;

/// <summary>A piece that source and target share.</summary>
/// <param name="SourceStart">Where it starts in the source.</param>
/// <param name="TargetStart">Where it starts in the target.</param>
/// <param name="Length">Its length in bytes.</param>
internal readonly record struct FossilMatch(int SourceStart, int TargetStart, int Length);
