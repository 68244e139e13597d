namespace WsCluster.Gateway.Authorization;

/// <summary>What gave a connection its right to a channel: what to look at again when rights change.</summary>
internal sealed record Grant
{
    /// <summary>A right from the namespace's options.</summary>
    public static Grant ByOptions { get; } = new() { Basis = GrantBasis.Options };

    /// <summary>What gave it.</summary>
    public required GrantBasis Basis { get; init; }

    /// <summary>When it was given; null for one that the options give all the time.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>The session of the token that gave it; empty when there is none.</summary>
    public string Session { get; init; } = "";

    /// <summary>True when joins and leaves come because the client asked for them, not because the namespace pushes them.</summary>
    public bool AskedForJoinLeave { get; init; }
}

/// <summary>Who can give a right to a channel.</summary>
internal enum GrantBasis
{
    /// <summary>The namespace's options.</summary>
    Options,

    /// <summary>A token, of the subscription or the connection.</summary>
    Token,

    /// <summary>Application code: an authorizer, a proxy or the server API.</summary>
    Application,
}
