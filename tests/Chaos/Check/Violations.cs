namespace WsCluster.Tests.Chaos.Check;

/// <summary>An invariant that did not hold. Numbers as in <see cref="Invariant"/>.</summary>
internal sealed record Violation(Invariant Invariant, string Text)
{
    public override string ToString() => $"{(int)Invariant} {Invariant}: {Text}";
}

/// <summary>What must hold through every fault.</summary>
internal enum Invariant
{
    /// <summary>An acknowledged publication is in its durable stream exactly once.</summary>
    AcknowledgedOnce = 1,

    /// <summary>Channel, epoch and offset name one payload, whoever looks.</summary>
    OnePayload = 2,

    /// <summary>A subscriber's offsets rise by one, unless it was told otherwise; nobody stays silent.</summary>
    NoSilentGap = 3,

    /// <summary>A publisher's acknowledged publications keep their order.</summary>
    PublisherOrder = 4,

    /// <summary>Nothing is delivered without a subscription.</summary>
    OnlySubscribed = 5,

    /// <summary>Presence is who is connected.</summary>
    Presence = 6,

    /// <summary>Memory and handles come back.</summary>
    Resources = 7,

    /// <summary>Clients of processes that nothing happened to keep their connections.</summary>
    Bystanders = 8,

    /// <summary>An atomic set is in all of its channels or in none.</summary>
    AtomicSets = 9,

    /// <summary>A channel's state is what its publications make of it.</summary>
    State = 10,

    /// <summary>A silo that hangs keeps nobody from an answer that another one has.</summary>
    Answers = 11,

    /// <summary>A user's cursor in its inbox is where the user has put it.</summary>
    Inboxes = 12,
}

/// <summary>Collects violations: counts all, keeps the first of each kind.</summary>
internal sealed class Violations
{
    private const int KeptPerInvariant = 20;

    private readonly Dictionary<Invariant, int> _counts = [];
    private readonly List<Violation> _kept = [];

    public int Count => _counts.Values.Sum();

    /// <summary>The first of each invariant.</summary>
    public IReadOnlyList<Violation> Kept => _kept;

    public IReadOnlyDictionary<Invariant, int> Counts => _counts;

    public void Add(Invariant invariant, string text)
    {
        var count = _counts[invariant] = _counts.GetValueOrDefault(invariant) + 1;
        if (count <= KeptPerInvariant)
        {
            _kept.Add(new Violation(invariant, text));
        }
    }
}
