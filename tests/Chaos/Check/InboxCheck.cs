namespace WsCluster.Tests.Chaos.Check;

/// <summary>
/// Invariant 12: a user's cursor in its inbox is where the user has put it, and unread is what lies above. A mark that was acknowledged
/// counts from then on, nothing takes it back, and nothing that was not marked is read. That the messages themselves are there, each
/// once, is checked as of any channel.
/// </summary>
internal sealed class InboxCheck(Violations violations)
{
    private readonly Dictionary<string, List<InboxRecord>> _records = [];

    /// <summary>Looks and marks that were answered.</summary>
    public int Answers { get; private set; }

    public void Take(InboxRecord record)
    {
        if (!_records.TryGetValue(record.User, out var records))
        {
            _records.Add(record.User, records = []);
        }

        records.Add(record);
        Answers += record.State is null ? 0 : 1;
    }

    /// <summary>When all is quiet and each user has looked once more, last of all.</summary>
    /// <param name="inboxes">The histories of inboxes, by user.</param>
    public void Finish(IReadOnlyDictionary<string, ChannelHistory> inboxes)
    {
        foreach (var (user, records) in _records)
        {
            if (!inboxes.TryGetValue(user, out var inbox))
            {
                Add($"{user} has no inbox");
                continue;
            }

            foreach (var record in records)
            {
                CheckState(record, inbox);
            }

            CheckCursor(user, records);
            if (records.MaxBy(record => record.StartedAt)!.State is not { } last || last.Offset != inbox.Top)
            {
                Add($"{user} does not see the end of its inbox, {inbox.Top}");
            }
        }
    }

    private void CheckState(InboxRecord record, ChannelHistory inbox)
    {
        if (record.State is not { } state)
        {
            return;
        }

        if (state.Read > state.Offset || state.Unread != state.Offset - state.Read)
        {
            Add($"{record.User} was told of {state.Unread} unread in {state}");
        }

        if (state.Epoch != inbox.Epoch || state.Offset > inbox.Top)
        {
            Add($"{record.User} was told of {state}, and the inbox ends at {inbox.Epoch}/{inbox.Top}");
        }

        if (state.Read < Math.Min(record.UpTo, state.Offset))
        {
            Add($"{record.User} has read up to {record.UpTo} and was told of {state}");
        }
    }

    /// <summary>Between what had been acknowledged before a look began and what had been said when it ended.</summary>
    private void CheckCursor(string user, List<InboxRecord> records)
    {
        var byEnd = records.Where(record => record.State is not null).OrderBy(record => record.EndedAt).ToList();
        var acknowledged = 0UL;
        var next = 0;
        foreach (var record in records.Where(record => record.State is not null).OrderBy(record => record.StartedAt))
        {
            for (; next < byEnd.Count && byEnd[next].EndedAt < record.StartedAt; next++)
            {
                acknowledged = Math.Max(acknowledged, byEnd[next].State!.Read);
            }

            if (record.State!.Read < acknowledged)
            {
                Add($"{user} had read up to {acknowledged} and was told of {record.State}");
            }
        }

        var marks = records.Where(record => record.UpTo > 0).OrderBy(record => record.StartedAt).ToList();
        var said = 0UL;
        next = 0;
        foreach (var record in byEnd)
        {
            for (; next < marks.Count && marks[next].StartedAt <= record.EndedAt; next++)
            {
                said = Math.Max(said, marks[next].UpTo);
            }

            if (record.State!.Read > said)
            {
                Add($"{user} has said to have read up to {said} and was told of {record.State}");
            }
        }
    }

    private void Add(string text) => violations.Add(Invariant.Inboxes, text);
}
