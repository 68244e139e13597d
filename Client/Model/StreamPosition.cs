using WsCluster.Client.Protocol;

namespace WsCluster.Client;

/// <summary>A place in a channel's stream: what a subscriber resumes from.</summary>
/// <param name="Offset">The last publication before that place; zero for the beginning.</param>
/// <param name="Epoch">The life of the stream that the offset counts in. Empty: any.</param>
public sealed record StreamPosition(ulong Offset, string Epoch) : IOutgoing
{
    /// <summary>The beginning of whatever stream there is.</summary>
    public static StreamPosition None { get; } = new(0, "");

    void IOutgoing.Write(IFieldWriter fields)
    {
        fields.Number(1, "offset", Offset);
        fields.Text(2, "epoch", Epoch);
    }
}
