namespace WsCluster.Gateway.Authentication;

/// <summary>What a subscription token says.</summary>
internal sealed record SubscriptionToken
{
    /// <summary>The channel that it is for; never empty.</summary>
    public required string Channel { get; init; }

    /// <summary>The user that it is for; empty for anonymous ones.</summary>
    public required string User { get; init; }

    /// <summary>The only connection that it is for; empty for any of the user's.</summary>
    public required string Client { get; init; }

    /// <summary>The session (the login) that it belongs to: the session claim, else the token's own id; empty without both.</summary>
    public string Session { get; init; } = "";

    /// <summary>When it was issued; null when it does not say.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>When the subscription expires; null: never. It can differ from the token's own expiry.</summary>
    public DateTimeOffset? ExpireAt => Options.ExpireAt;

    /// <summary>What the token changes in the subscription.</summary>
    public required SubscribeOptions Options { get; init; }
}
