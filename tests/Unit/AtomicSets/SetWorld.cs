using WsCluster.Grains.AtomicSets;

namespace WsCluster.Tests.Unit.AtomicSets;

/// <summary>What outlives every process: the store of sets and the channels, by the rules of their scripts. Time passes when asked to.</summary>
internal sealed class SetWorld : ISetStore, ISetChannels
{
    private readonly Lock _sync = new();
    private readonly Dictionary<string, (long Number, ChannelPublication[] Publications)> _pending = [];
    private readonly Dictionary<string, SetOutcome> _outcomes = [];
    private readonly Dictionary<string, Channel> _channels = [];
    private long _last;

    /// <summary>The last number that was given out.</summary>
    public long LastNumber { get => _last; init => _last = value; }

    /// <summary>False: channels keep no notes of sets, as if the protocol had no such step.</summary>
    public bool KeepsNotes { get; init; } = true;

    public int Pending => _pending.Count;

    /// <summary>What is in a channel, in its order.</summary>
    public IReadOnlyList<string> ReadChannel(string channel) => _channels.TryGetValue(channel, out var found) ? found.Publications : [];

    public Task<SetDecision> DecideAsync(string key, ChannelPublication[] publications)
    {
        lock (_sync)
        {
            if (_outcomes.TryGetValue(key, out var outcome))
            {
                return Task.FromResult(new SetDecision(null, outcome));
            }

            if (!_pending.TryGetValue(key, out var set))
            {
                _pending.Add(key, set = (++_last, publications));
            }

            return Task.FromResult(new SetDecision(new AtomicSet(key, set.Number, Oldest(), set.Publications), null));
        }
    }

    public Task<IReadOnlyList<AtomicSet>> ClaimAsync()
    {
        lock (_sync)
        {
            return Task.FromResult<IReadOnlyList<AtomicSet>>([.. _pending.Select(entry => new AtomicSet(entry.Key, entry.Value.Number, Oldest(), entry.Value.Publications))]);
        }
    }

    public Task<SetOutcome> CompleteAsync(AtomicSet set, StreamPosition[] positions)
    {
        lock (_sync)
        {
            if (_pending.TryGetValue(set.Key, out var pending) && pending.Number == set.Number)
            {
                _pending.Remove(set.Key);
                _outcomes[set.Key] = SetOutcome.Of(set.Publications, positions);
            }

            return Task.FromResult(_outcomes.GetValueOrDefault(set.Key) ?? SetOutcome.Of(set.Publications, positions));
        }
    }

    public Task<StreamPosition> PublishAsync(string channel, PublishRequest request)
    {
        lock (_sync)
        {
            if (!_channels.TryGetValue(channel, out var found))
            {
                _channels.Add(channel, found = new Channel());
            }

            return Task.FromResult(found.Append(request, KeepsNotes));
        }
    }

    private long Oldest() => _pending.Values.Min(set => set.Number);

    private sealed class Channel
    {
        private readonly Dictionary<long, StreamPosition> _notes = [];
        private long _oldest;

        public List<string> Publications { get; } = [];

        public StreamPosition Append(PublishRequest request, bool keepsNotes)
        {
            var mark = request.Mark!;
            if (keepsNotes && _notes.TryGetValue(mark.Number, out var known))
            {
                return known;
            }

            if (keepsNotes && mark.Number < _oldest)
            {
                return StreamPosition.None;
            }

            Publications.Add(System.Text.Encoding.UTF8.GetString(request.Data));
            var position = new StreamPosition((ulong)Publications.Count, "epoch");
            _notes[mark.Number] = position;
            _oldest = Math.Max(_oldest, mark.Oldest);
            foreach (var number in _notes.Keys.Where(number => number < _oldest).ToList())
            {
                _notes.Remove(number);
            }

            return position;
        }
    }
}
