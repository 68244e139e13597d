namespace WsCluster.Tests.Chaos.Check;

/// <summary>
/// Invariant 9: an atomic set is in all of its channels or in none; one that was acknowledged is in all, one that was refused in none.
/// That it is in each once, at the place that was acknowledged and in its publisher's order, is checked of its publications.
/// </summary>
internal sealed class SetCheck(Violations violations)
{
    private readonly List<SetRecord> _sets = [];

    /// <summary>Sets that were published whole, whatever their publishers know.</summary>
    public int Whole { get; private set; }

    public void Take(SetRecord set) => _sets.Add(set);

    /// <summary>When every set that was decided has had its time.</summary>
    public void Finish(IReadOnlyDictionary<string, ChannelHistory> histories)
    {
        var contents = histories.ToDictionary(h => h.Key, h => h.Value.Publications.Select(p => p.Payload).ToHashSet());
        foreach (var set in _sets)
        {
            var missing = set.Channels.Where(c => !contents.TryGetValue(c, out var content) || !content.Contains(set.Payload)).ToList();
            var isWhole = missing.Count == 0;
            Whole += isWhole ? 1 : 0;
            if (!isWhole && missing.Count < set.Channels.Count)
            {
                violations.Add(Invariant.AtomicSets, $"{set.Payload} is in some of {string.Join(' ', set.Channels)} and not in {string.Join(' ', missing)}");
            }
            else if (!isWhole && set.Outcome == PublishOutcome.Acknowledged)
            {
                violations.Add(Invariant.AtomicSets, $"{set.Payload} was acknowledged and is in none of {string.Join(' ', set.Channels)}");
            }
            else if (isWhole && set.Outcome == PublishOutcome.Refused)
            {
                violations.Add(Invariant.AtomicSets, $"{set.Payload} was refused and is in {string.Join(' ', set.Channels)}");
            }
        }
    }
}
