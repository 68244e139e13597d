namespace WsCluster.Gateway.Authorization;

/// <summary>
/// The revocations that this gateway knows of, asked for every token and right without a call. Filled by
/// <see cref="RevocationReader"/>; safe for concurrent use.
/// </summary>
internal sealed class RevocationList(TimeProvider time)
{
    private readonly Lock _sync = new();
    private readonly List<Revocation> _all = []; // guarded by _sync
    private DateTimeOffset? _firstEnd; // guarded by _sync; null when there is none
    private volatile Index _index = new([]); // replaced whole

    /// <summary>How many are in force.</summary>
    public int Count => _index.Count;

    /// <summary>True when a token says too little, or was issued too early, to count any more.</summary>
    /// <param name="user">Its user.</param>
    /// <param name="session">Its session; empty when it names none.</param>
    /// <param name="issuedAt">When it was issued; null counts as before everything.</param>
    public bool IsRevoked(string user, string session, DateTimeOffset? issuedAt) =>
        _index.EndOf(user, session) is { } end && (issuedAt ?? DateTimeOffset.MinValue) < end;

    /// <summary>True when the user has lost the right to a channel and nothing newer gave it back.</summary>
    /// <param name="user">The user.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="grantedAt">When a token gave the right; null for a right that the namespace's options give.</param>
    public bool IsChannelRevoked(string user, string channel, DateTimeOffset? grantedAt) =>
        _index.EndOfChannel(user, channel) is { } end && (grantedAt ?? DateTimeOffset.MinValue) < end;

    /// <summary>Adds revocations; when <paramref name="anew"/>, in place of all others. Those that are over are dropped.</summary>
    public void Add(IReadOnlyList<Revocation> revocations, bool anew = false)
    {
        lock (_sync)
        {
            if (anew)
            {
                _all.Clear();
            }

            _all.AddRange(revocations);
            DropOver();
        }
    }

    /// <summary>Drops those whose time is over. Costs nothing while there are none.</summary>
    public void Prune()
    {
        lock (_sync)
        {
            if (_firstEnd <= time.GetUtcNow())
            {
                DropOver();
            }
        }
    }

    private void DropOver()
    {
        var now = time.GetUtcNow();
        _all.RemoveAll(revocation => revocation.KeepUntil <= now);
        _firstEnd = _all.Min(revocation => revocation.KeepUntil);
        _index = new Index(_all);
    }

    private sealed class Index
    {
        private readonly Dictionary<(string User, string Session), DateTimeOffset> _tokens = [];
        private readonly Dictionary<(string User, string Channel), DateTimeOffset> _channels = [];

        public Index(IReadOnlyCollection<Revocation> revocations)
        {
            Count = revocations.Count;
            foreach (var revocation in revocations)
            {
                var before = revocation.IssuedBefore ?? DateTimeOffset.MaxValue;
                if (revocation.Channel.Length > 0)
                {
                    Raise(_channels, (revocation.User, revocation.Channel), before);
                }
                else
                {
                    Raise(_tokens, (revocation.User, revocation.Session), before);
                }
            }
        }

        public int Count { get; }

        /// <summary>The time before which tokens of this user and session are revoked; null when none are.</summary>
        public DateTimeOffset? EndOf(string user, string session)
        {
            if (_tokens.Count == 0)
            {
                return null;
            }

            var end = Later(Find(_tokens, ("", "")), user.Length == 0 ? null : Find(_tokens, (user, "")));
            return session.Length == 0 ? end : Later(end, Later(Find(_tokens, ("", session)), user.Length == 0 ? null : Find(_tokens, (user, session))));
        }

        public DateTimeOffset? EndOfChannel(string user, string channel) =>
            _channels.Count == 0 ? null : Later(Find(_channels, ("", channel)), user.Length == 0 ? null : Find(_channels, (user, channel)));

        private static void Raise(Dictionary<(string, string), DateTimeOffset> ends, (string, string) key, DateTimeOffset before)
        {
            if (!ends.TryGetValue(key, out var known) || known < before)
            {
                ends[key] = before;
            }
        }

        private static DateTimeOffset? Find(Dictionary<(string, string), DateTimeOffset> ends, (string, string) key) =>
            ends.TryGetValue(key, out var end) ? end : null;

        private static DateTimeOffset? Later(DateTimeOffset? left, DateTimeOffset? right) =>
            left is null || right > left ? right ?? left : left;
    }
}
