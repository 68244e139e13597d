namespace WsCluster.Gateway.Protocol;

/// <summary>What <see cref="IProtocolCodec.ReadCommand"/> found at the front of a frame.</summary>
internal enum CommandReadStatus
{
    /// <summary>A command; the frame now starts after it.</summary>
    Command,

    /// <summary>The frame holds no more commands.</summary>
    End,

    /// <summary>Not a command of this protocol: the rest of the frame has no meaning.</summary>
    Malformed,

    /// <summary>JSON that nests deeper than it may; whatever else it is.</summary>
    TooDeep,
}
