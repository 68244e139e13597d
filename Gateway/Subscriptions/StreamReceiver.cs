namespace WsCluster.Gateway.Subscriptions;

/// <summary>What to do with a delivered publication.</summary>
internal enum Receipt
{
    /// <summary>It is the next one, or has no place in the stream: deliver it.</summary>
    Deliver,

    /// <summary>It was delivered before: drop it.</summary>
    Duplicate,

    /// <summary>It belongs to another life of the stream, which this gateway is not subscribed to: drop it.</summary>
    Foreign,

    /// <summary>Publications before it are missing: read them from history first.</summary>
    Gap,
}

/// <summary>
/// Where this gateway stands in a channel's stream (protocol §9). Pure state; the channel's lock guards it.
/// </summary>
internal sealed class StreamReceiver
{
    /// <summary>The last position that all local subscribers have got.</summary>
    public StreamPosition Position { get; private set; } = StreamPosition.None;

    /// <summary>Judges a delivered publication, and advances when it is to be delivered.</summary>
    public Receipt Receive(string epoch, ulong offset)
    {
        if (offset == 0)
        {
            return Receipt.Deliver;
        }

        if (epoch != Position.Epoch)
        {
            return Receipt.Foreign;
        }

        if (offset <= Position.Offset)
        {
            return Receipt.Duplicate;
        }

        if (offset > Position.Offset + 1)
        {
            return Receipt.Gap;
        }

        Position = Position with { Offset = offset };
        return Receipt.Deliver;
    }

    /// <summary>True when the gateway stands before <paramref name="top"/> in the same stream, so that history may fill the gap.</summary>
    public bool CanCatchUp(StreamPosition top) => !Position.IsNone && Position.Epoch == top.Epoch && Position.Offset < top.Offset;

    /// <summary>
    /// Takes the position over without what lies between. True when something was lost by that: another epoch than the
    /// one known so far, or publications skipped.
    /// </summary>
    public bool JumpTo(StreamPosition top)
    {
        var lost = !Position.IsNone && (Position.Epoch != top.Epoch || Position.Offset < top.Offset);
        if (Position.Epoch != top.Epoch || Position.Offset < top.Offset)
        {
            Position = top;
        }

        return lost;
    }
}
