namespace WsCluster.Grains.History;

/// <summary>A stream that lives with its activation, and can go on in the channel's next one.</summary>
internal interface IHandedOverStream
{
    /// <summary>
    /// What the next activation goes on with; the stream must not be used any more. Null when there is nothing worth it: no
    /// epoch that anybody could know, and no key.
    /// </summary>
    /// <param name="maxBytes">Most bytes that it may take. The oldest publications stay behind, then the oldest keys.</param>
    StreamState? HandOver(long maxBytes);

    /// <summary>Goes on where another activation ended; to be called before anything else.</summary>
    void TakeOver(StreamState state);
}
