namespace WsCluster.Gateway.Connections;

/// <summary>
/// What waits for one client, in order. Idle, it holds no list: a field of each connection's writer, and no object of its own. The
/// writer's shard alone changes it.
/// </summary>
internal struct WaitingMessages
{
    private OutboundMessage? _next;       // the queue is this message and then the others
    private Queue<OutboundMessage>? _others;
    private List<OutboundMessage>? _held; // messages that wait for the connect reply; null when nothing is held back

    /// <summary>True when there is something to send, now or after <see cref="Release"/>.</summary>
    public readonly bool IsEmpty => _next is null && _held is null;

    /// <summary>The next to be sent, or null.</summary>
    public readonly OutboundMessage? Next => _next;

    /// <summary>From now on what is added is held back.</summary>
    public void Hold() => _held = [];

    /// <summary>Adds a message behind all others.</summary>
    public void Add(OutboundMessage message)
    {
        if (_held is not null)
        {
            _held.Add(message);
        }
        else
        {
            Enlist(message);
        }
    }

    /// <summary>Nothing is held back any more. Returns what was, in order; null: nothing.</summary>
    public List<OutboundMessage>? Release()
    {
        var held = _held;
        _held = null;
        return held;
    }

    /// <summary>Takes the next away.</summary>
    public void Advance()
    {
        _next = _others is not null && _others.TryDequeue(out var other) ? other : null;
        if (_next is null)
        {
            _others = null;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => (_next, _others, _held) = (null, null, null);

    /// <summary>
    /// Publications of a channel among them, held back or not. Any thread may ask; it throws <see cref="InvalidOperationException"/>
    /// when they change meanwhile.
    /// </summary>
    public readonly int CountPublications(string channel) => All().Where(message => message?.Channel == channel).Sum(message => message!.Publications);

    /// <summary>Publications by channel, with those of one more message.</summary>
    public readonly Dictionary<string, int> CountByChannel(OutboundMessage? other) => All().Append(other)
        .Where(message => message?.Channel is not null)
        .GroupBy(message => message!.Channel!, StringComparer.Ordinal)
        .ToDictionary(channel => channel.Key, channel => channel.Sum(message => message!.Publications), StringComparer.Ordinal);

    private readonly IEnumerable<OutboundMessage?> All() => [_next, .. _others ?? [], .. _held ?? []];

    private void Enlist(OutboundMessage message)
    {
        if (_next is null)
        {
            _next = message;
        }
        else
        {
            (_others ??= new Queue<OutboundMessage>(4)).Enqueue(message);
        }
    }
}
