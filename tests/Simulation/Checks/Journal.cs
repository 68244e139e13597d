namespace WsCluster.Tests.Simulation.Checks;

/// <summary>
/// What really happened in the channels: every publication that got a place, in each life of each stream. Judges what
/// channels commit and what publishers are told.
/// </summary>
/// <param name="fail">Takes the first fault.</param>
internal sealed class Journal(Action<string> fail)
{
    private readonly Dictionary<(string Channel, string Epoch), EpochLog> _epochs = [];
    private readonly Dictionary<string, List<string>> _epochsOf = new(StringComparer.Ordinal); // by channel, oldest first
    private readonly Dictionary<(string Channel, string Payload), int> _withoutOffset = []; // how often each was delivered
    private readonly Dictionary<string, int> _opened = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Publisher, string Channel, string Epoch), ulong> _lastAcknowledged = [];

    /// <summary>The epochs of a channel in which anything was published, oldest first.</summary>
    public IReadOnlyList<string> Epochs(string channel) => _epochsOf.GetValueOrDefault(channel) ?? [];

    /// <summary>A stream in memory was opened: what was in another one is gone.</summary>
    public void Opened(string channel) => _opened[channel] = _opened.GetValueOrDefault(channel) + 1;

    /// <summary>The stream that was opened last goes on with what the one before it had: they are one.</summary>
    public void HandedOver(string channel) => _opened[channel]--;

    /// <summary>The channel gave a publication its place.</summary>
    public void Committed(string channel, string epoch, ulong offset, string payload)
    {
        if (offset == 0)
        {
            _withoutOffset[(channel, payload)] = CountWithoutOffset(channel, payload) + 1;
            return;
        }

        if (!_epochs.TryGetValue((channel, epoch), out var log))
        {
            _epochs.Add((channel, epoch), log = new EpochLog());
            if (!_epochsOf.TryGetValue(channel, out var epochs))
            {
                _epochsOf.Add(channel, epochs = []);
            }

            epochs.Add(epoch);
        }

        if (offset != log.Top + 1)
        {
            fail($"{channel}: offset {offset} is committed after {log.Top}");
        }

        if (!log.Offsets.TryAdd(payload, offset))
        {
            fail($"{channel}: {payload} is in one stream twice, at {log.Offsets[payload]} and {offset}");
        }

        log.Payloads.Add(payload);
    }

    /// <summary>The channel's history was removed: what is before its top cannot be recovered.</summary>
    public void Removed(string channel)
    {
        foreach (var epoch in Epochs(channel))
        {
            var log = _epochs[(channel, epoch)];
            log.RemovedUpTo = log.Top + 10_000; // the removal may still be on its way
        }
    }

    /// <summary>A publisher was told where its publication is.</summary>
    public void Acknowledged(string publisher, string channel, string payload, StreamPosition position)
    {
        if (position.Offset == 0)
        {
            if (CountWithoutOffset(channel, payload) == 0)
            {
                fail($"{channel}: {payload} is acknowledged but was never published");
            }

            return;
        }

        if (PayloadAt(channel, position.Epoch, position.Offset) != payload)
        {
            fail($"{channel}: {payload} is acknowledged at {position.Offset}, where {PayloadAt(channel, position.Epoch, position.Offset) ?? "nothing"} is");
        }

        var key = (publisher, channel, position.Epoch);
        if (_lastAcknowledged.TryGetValue(key, out var last) && last >= position.Offset)
        {
            fail($"{channel}: {payload} of {publisher} is at {position.Offset}, its predecessor at {last}");
        }

        _lastAcknowledged[key] = position.Offset;
    }

    /// <summary>What was published there; null for nothing.</summary>
    public string? PayloadAt(string channel, string epoch, ulong offset) =>
        _epochs.TryGetValue((channel, epoch), out var log) && offset > 0 && offset <= log.Top ? log.Payloads[(int)offset - 1] : null;

    /// <summary>How often a payload was published without an offset: a channel that moves forgets its idempotency keys.</summary>
    public int CountWithoutOffset(string channel, string payload) => _withoutOffset.GetValueOrDefault((channel, payload));

    /// <summary>True when nothing kept a subscriber at this position from recovering: its stream kept all publications.</summary>
    public bool IsKept(string channel, string epoch) => !_epochs.TryGetValue((channel, epoch), out var log) || log.RemovedUpTo == 0;

    /// <summary>True when the channel has had only one stream so far.</summary>
    public bool HasOneEpoch(string channel) => _opened.GetValueOrDefault(channel) <= 1;

    /// <summary>The newest offset of an epoch.</summary>
    public ulong Top(string channel, string epoch) => _epochs.TryGetValue((channel, epoch), out var log) ? log.Top : 0;

    private sealed class EpochLog
    {
        public List<string> Payloads { get; } = [];

        public Dictionary<string, ulong> Offsets { get; } = new(StringComparer.Ordinal);

        public ulong RemovedUpTo { get; set; }

        public ulong Top => (ulong)Payloads.Count;
    }
}
