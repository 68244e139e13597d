namespace WsCluster.Behaviors;

/// <summary>What a user has left unread for too long.</summary>
public sealed record UnreadMessages
{
    /// <summary>Most messages in <see cref="Messages"/>.</summary>
    public const int MaxMessages = 100;

    /// <summary>How far the user has read, and how much it has not.</summary>
    public required InboxState Inbox { get; init; }

    /// <summary>
    /// The unread messages that the behavior has not been told of before, oldest first. After <see cref="MaxMessages"/> the others follow in
    /// another call, some minutes later.
    /// </summary>
    public required IReadOnlyList<Publication> Messages { get; init; }

    /// <summary>The same when it is told of the same messages again: what makes sending an e-mail about them idempotent.</summary>
    public required string Key { get; init; }
}
