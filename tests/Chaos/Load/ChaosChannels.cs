namespace WsCluster.Tests.Chaos.Load;

/// <summary>The channels of a run; their namespaces are in cluster.json.</summary>
internal sealed class ChaosChannels(int perKind)
{
    /// <summary>A channel that no client may subscribe to.</summary>
    public const string Forbidden = "closed:1";

    /// <summary>The channel of those who do not read.</summary>
    public const string Flood = "flood:1";

    /// <summary>Users who read their inboxes.</summary>
    public static readonly IReadOnlyList<string> Readers = [.. Enumerable.Range(1, 6).Select(i => $"reader-{i}")];

    private static readonly string[] Kinds = ["durable", "fsync", "memory", "presence", "tally"];

    /// <summary>What subscribers subscribe to and publishers publish to.</summary>
    public IReadOnlyList<string> Open { get; } = [.. Kinds.SelectMany(kind => Enumerable.Range(1, perKind).Select(i => $"{kind}:{i}"))];

    /// <summary>Those that keep presence.</summary>
    public IReadOnlyList<string> WithPresence => [.. Open.Where(HasPresence)];

    /// <summary>The others.</summary>
    public IReadOnlyList<string> WithoutPresence => [.. Open.Where(c => !HasPresence(c))];

    /// <summary>Those that publications go to: also the forbidden one, so that there is something to leak.</summary>
    public IReadOnlyList<string> Published => [.. Open, Forbidden];

    /// <summary>Those that visitors are subscribed to.</summary>
    public IReadOnlyList<string> Visited => [.. Open.Where(c => !HasPresence(c) && !HasState(c))];

    /// <summary>The readers' inboxes, which only a backend publishes to.</summary>
    public static IReadOnlyList<string> Inboxes => [.. Readers.Select(InboxOf)];

    /// <summary>A user's inbox.</summary>
    public static string InboxOf(string user) => $"inbox:#{user}";

    /// <summary>Those whose behavior keeps a state.</summary>
    public IReadOnlyList<string> WithState => [.. Open.Where(HasState)];

    /// <summary>Those that atomic sets go to: the durable ones that have no behavior.</summary>
    public IReadOnlyList<string> InSets => [.. Open.Where(c => IsDurable(c) && !HasState(c))];

    /// <summary>True when an acknowledged publication survives everything but the loss of Redis' disk.</summary>
    public static bool IsDurable(string channel) => !channel.StartsWith("memory:", StringComparison.Ordinal);

    private static bool HasState(string channel) => channel.StartsWith("tally:", StringComparison.Ordinal);

    private static bool HasPresence(string channel) => channel.StartsWith("presence:", StringComparison.Ordinal);
}
