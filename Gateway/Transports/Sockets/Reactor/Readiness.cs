namespace WsCluster.Gateway.Transports.Sockets.Reactor;

/// <summary>What the kernel says of a file, in its own numbers.</summary>
[Flags]
internal enum Readiness : uint
{
    None = 0,

    /// <summary>There is something to read.</summary>
    Readable = 0x1,

    /// <summary>It takes bytes again.</summary>
    Writable = 0x4,

    /// <summary>It failed; reading says how.</summary>
    Failed = 0x8,

    /// <summary>Both sides are closed.</summary>
    HungUp = 0x10,

    /// <summary>The other side sends nothing more.</summary>
    PeerEnded = 0x2000,

    /// <summary>Say it once, when it becomes so.</summary>
    OnChange = 0x8000_0000,
}
