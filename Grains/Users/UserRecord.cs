namespace WsCluster.Grains.Users;

/// <summary>What is kept of a user beyond the life of its grain, written as one.</summary>
internal sealed record UserRecord
{
    /// <summary>The state of the user's behavior; null before there is one.</summary>
    public byte[]? State { get; init; }

    /// <summary>How far the user has read its inbox.</summary>
    public InboxCursor Inbox { get; init; } = new();
}

/// <summary>A user's place in its inbox; the offsets mean something in its epoch only.</summary>
internal sealed record InboxCursor
{
    /// <summary>The inbox's epoch.</summary>
    public string Epoch { get; init; } = "";

    /// <summary>The newest message that is read.</summary>
    public ulong Read { get; init; }

    /// <summary>The newest message that the behavior was told of as unread.</summary>
    public ulong Told { get; init; }

    /// <summary>When nothing was unread last.</summary>
    public DateTimeOffset? AllReadAt { get; init; }
}
