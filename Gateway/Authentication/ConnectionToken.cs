namespace WsCluster.Gateway.Authentication;

/// <summary>What a connection token says.</summary>
internal sealed record ConnectionToken
{
    /// <summary>The user; empty for an anonymous one.</summary>
    public required string User { get; init; }

    /// <summary>The session (the login) that it belongs to: the session claim, else the token's own id; empty without both.</summary>
    public string Session { get; init; } = "";

    /// <summary>When it was issued; null when it does not say.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>When the connection expires; null: never. It can differ from the token's own expiry.</summary>
    public DateTimeOffset? ExpireAt { get; init; }

    /// <summary>The application's data about the connection for other subscribers (<c>conn_info</c>), or null.</summary>
    public byte[]? Info { get; init; }

    /// <summary>The application's JSON that stays on the server, or null.</summary>
    public byte[]? Meta { get; init; }

    /// <summary>The server-side subscriptions, by channel.</summary>
    public required IReadOnlyDictionary<string, SubscribeOptions> Subs { get; init; }
}
