namespace WsCluster.Tests.Chaos.Check;

/// <summary>What a user was told of its inbox.</summary>
internal sealed record InboxReading(string Epoch, ulong Offset, ulong Read, ulong Unread);

/// <summary>One look of a user at its inbox, or one mark that it has read. Times are Stopwatch ticks.</summary>
/// <param name="UpTo">What it said to have read; zero for a look.</param>
/// <param name="State">What it was told; null when there was no answer: a mark may count all the same.</param>
internal sealed record InboxRecord(string User, ulong UpTo, long StartedAt, long EndedAt, InboxReading? State);
