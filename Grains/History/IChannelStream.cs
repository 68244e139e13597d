namespace WsCluster.Grains.History;

/// <summary>
/// The ordered publications of one channel. In a channel without history it gives out no offsets and keeps nothing but
/// idempotency keys. Appends may overlap each other and everything else; other calls are made one at a time, and all on one
/// scheduler. Reading creates the stream: it then has an epoch, and offset 0.
/// </summary>
/// <remarks>
/// Any call may throw a <see cref="WsClusterException"/> that is temporary: 100 when the store is away or the stream has
/// another owner, 111 when too much waits for the store.
/// </remarks>
public interface IChannelStream
{
    /// <summary>
    /// Gives a publication its place, unless its idempotency key or version says that it has one already. Places are given in
    /// the order of the calls. When the task ends, the publication is as durable as the store makes it, and the owner has
    /// been told to deliver it.
    /// </summary>
    /// <returns>What the publisher learns: the publication's position, or that of the one it repeats.</returns>
    ValueTask<StreamPosition> AppendAsync(PublishRequest request);

    /// <summary>What the publish with this idempotency key returned; null when no such publish is remembered.</summary>
    ValueTask<StreamPosition?> FindAsync(string idempotencyKey);

    /// <summary>
    /// Makes sure that what became of every earlier append is known, and delivered where it succeeded: from then on the stream
    /// is as it is read until the next append. No append is under way.
    /// </summary>
    ValueTask SettleAsync();

    /// <summary>
    /// The offset of the newest publication that the owner was told to deliver, and the epoch. Completes at once when any call
    /// has succeeded before. <see cref="StreamPosition.None"/> without history.</summary>
    ValueTask<StreamPosition> GetTopAsync();

    /// <summary>The newest publication that is still kept, or null.</summary>
    ValueTask<Publication?> GetLatestAsync();

    /// <summary>Reads forwards: publications with an offset above <paramref name="after"/>, oldest first.</summary>
    /// <param name="after">The offset before the first one to read.</param>
    /// <param name="limit">Most publications to read; negative for no limit.</param>
    ValueTask<HistoryPage> ReadAfterAsync(ulong after, int limit);

    /// <summary>Reads backwards: publications with an offset below <paramref name="before"/>, newest first.</summary>
    /// <param name="before">The offset behind the first one to read; null to start with the newest.</param>
    /// <param name="limit">Most publications to read; negative for no limit.</param>
    ValueTask<HistoryPage> ReadBeforeAsync(ulong? before, int limit);

    /// <summary>Drops the publications; offset and epoch go on.</summary>
    ValueTask RemoveAsync();

    /// <summary>Frees what has expired.</summary>
    /// <returns>When to call again, or null when nothing here expires.</returns>
    DateTimeOffset? Trim();

    /// <summary>The activation has ended: gives back what the stream held of the silo's limits. Nothing may be called after it.</summary>
    void Close();

    /// <summary>
    /// True when every append is done when the call returns and any thread may make it, at the same time as everything else: the
    /// owner is then told to deliver on that thread.
    /// </summary>
    bool TakesAnyThread => false;

    /// <summary>Until when the activation must stay for the stream's promises to hold, if nothing more happens.</summary>
    DateTimeOffset KeepUntil();
}
