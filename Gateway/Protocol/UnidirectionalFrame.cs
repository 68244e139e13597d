namespace WsCluster.Gateway.Protocol;

/// <summary>The frame of a client that only gets pushes: an empty one is a request too, so its end needs a mark of its own.</summary>
internal static class UnidirectionalFrame
{
    /// <summary>What is left of a frame whose request was read.</summary>
    public static ReadOnlyMemory<byte> Read { get; } = new byte[1].AsMemory(1);
}
