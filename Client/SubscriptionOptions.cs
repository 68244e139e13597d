namespace WsCluster.Client;

/// <summary>What a <see cref="Subscription"/> wants. Wishes that the server does not allow are left out, not refused.</summary>
public sealed record SubscriptionOptions
{
    /// <summary>The first subscription token, for channels that need one.</summary>
    public string? Token { get; init; }

    /// <summary>
    /// Gets a subscription token for the channel: when there is none, when it has expired, and in time before the subscription
    /// does. It runs on the thread pool. An exception is repeated later; null, an empty token or an
    /// <see cref="UnauthorizedAccessException"/> ends the subscription.
    /// </summary>
    public Func<string, CancellationToken, Task<string?>>? GetToken { get; init; }

    /// <summary>What the server's application gets with the subscribe. In JSON: one JSON value.</summary>
    public ReadOnlyMemory<byte>? Data { get; init; }

    /// <summary>Ask the server to watch that nothing is left out.</summary>
    public bool Positioned { get; init; }

    /// <summary>Ask for recovery of what is missed while the connection is away.</summary>
    public bool Recoverable { get; init; }

    /// <summary>Ask for joins and leaves.</summary>
    public bool JoinLeave { get; init; }

    /// <summary>Start after this position, with what was published since. Null: from now on.</summary>
    public StreamPosition? Since { get; init; }

    /// <summary>Let the server send differences between publications, where it allows that. Not together with <see cref="TagsFilter"/>.</summary>
    public bool Delta { get; init; }

    /// <summary>Leave out publications whose tags do not match.</summary>
    public TagsFilter? TagsFilter { get; init; }

    /// <summary>
    /// Publications that wait for the reader. When one more comes, a recoverable subscription pauses and gets the rest from history
    /// when the reader has caught up; others, and those that nobody reads, drop the oldest. Whatever is lost for good is marked:
    /// <see cref="Publication.AfterGap"/>. Default: 1,024.
    /// </summary>
    public int BufferCapacity { get; init; } = 1024;

    /// <summary>Never pause: drop the oldest when the buffer is full. With a capacity of 1 the reader always gets the latest.</summary>
    public bool DropOldest { get; init; }

    /// <summary>The first ceiling of the random time between two attempts to subscribe; it doubles. Default: 500 ms.</summary>
    public TimeSpan MinResubscribeDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The last ceiling. Default: 20 seconds.</summary>
    public TimeSpan MaxResubscribeDelay { get; init; } = TimeSpan.FromSeconds(20);

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BufferCapacity, nameof(BufferCapacity));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MinResubscribeDelay, TimeSpan.Zero, nameof(MinResubscribeDelay));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxResubscribeDelay, MinResubscribeDelay, nameof(MaxResubscribeDelay));
        if (Delta && TagsFilter is not null)
        {
            throw new ArgumentException("Delta and TagsFilter exclude each other: a difference to a publication that was left out is of no use.");
        }
    }
}
