namespace WsCluster.Tests.Chaos.Check;

/// <summary>What a visitor wanted of one gateway, and how long it took. Times are Stopwatch ticks.</summary>
/// <param name="Question">What it wanted, of whom and where: a connect of a user, a read of a channel.</param>
/// <param name="IsAnswered">False when it was refused for now, or gave up.</param>
internal sealed record VisitRecord(string Question, long StartedAt, long EndedAt, bool IsAnswered);
