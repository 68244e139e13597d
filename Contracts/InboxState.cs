namespace WsCluster;

/// <summary>How far a user has read its inbox (<see cref="InboxChannel"/>); the same for all of the user's devices.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.InboxState")]
public sealed record InboxState
{
    /// <summary>The newest message; zero for an empty inbox.</summary>
    [Id(0)] public required StreamPosition Top { get; init; }

    /// <summary>
    /// The offset of the newest message that is read, or no longer kept: those that follow are unread. A cursor, since messages are read
    /// in their order.
    /// </summary>
    [Id(1)] public required ulong ReadUpTo { get; init; }

    /// <summary>Messages that are kept and unread.</summary>
    public ulong Unread => Top.Offset > ReadUpTo ? Top.Offset - ReadUpTo : 0;
}
