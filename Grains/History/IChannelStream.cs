namespace WsCluster.Grains.History;

/// <summary>
/// The ordered publications of one channel. In a channel without history it gives out no offsets and keeps nothing but
/// idempotency keys. Calls are made one at a time. Reading creates the stream: it then has an epoch, and offset 0.
/// </summary>
public interface IChannelStream
{
    /// <summary>
    /// Gives a publication its place, unless its idempotency key or version says that it has one already. When the task
    /// ends, the publication is as durable as the store makes it.
    /// </summary>
    ValueTask<AppendResult> AppendAsync(PublishRequest request);

    /// <summary>The newest offset and the epoch; <see cref="StreamPosition.None"/> without history.</summary>
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

    /// <summary>Until when the activation must stay for the stream's promises to hold, if nothing more happens.</summary>
    DateTimeOffset KeepUntil();
}
