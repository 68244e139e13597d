namespace WsCluster.Tests.Chaos.Check;

/// <summary>
/// Invariant 11: while one silo hangs, or two cannot reach each other, there is a way to the answer to every question. A single one may
/// be slow, and an answer takes as long as the cluster takes to see who is gone; so it counts what nobody got who asked later than that.
/// </summary>
internal static class AnswerCheck
{
    private const int FewestAskers = 2;

    /// <summary>The questions that were asked in this time and answered to nobody.</summary>
    public static IEnumerable<string> Unanswered(IEnumerable<VisitRecord> visits, long from, long to) => visits
        .Where(v => v.StartedAt >= from && v.StartedAt < to)
        .GroupBy(v => v.Question)
        .Where(question => question.Count() >= FewestAskers && question.All(v => !v.IsAnswered))
        .Select(question => question.Key);
}
