namespace WsCluster;

/// <summary>
/// Takes back what tokens gave, on every gateway. Tokens that were issued before it are answered as expired ones (109), so
/// that a client asks for a new one, which the application may refuse. Live connections with such a token are closed with
/// 3014 (state invalidated), live subscriptions end. What has neither user nor session nor channel concerns every token.
/// </summary>
[GenerateSerializer, Immutable, Alias("WsCluster.Revocation")]
public sealed record Revocation
{
    /// <summary>Only tokens of this user; empty for every user.</summary>
    [Id(0)] public string User { get; init; } = "";

    /// <summary>
    /// Only tokens of this session: the claim that <c>WsCluster:Tokens:SessionClaim</c> names (<c>sid</c>), or the token's
    /// <c>jti</c>. Empty for every session.
    /// </summary>
    [Id(1)] public string Session { get; init; } = "";

    /// <summary>
    /// Only the right to this channel: subscriptions to it end (2000), and without a newer subscription token the channel is
    /// closed to the user until <see cref="KeepUntil"/>, whatever its namespace allows. Empty for the whole connection.
    /// </summary>
    [Id(2)] public string Channel { get; init; } = "";

    /// <summary>
    /// Only tokens issued (<c>iat</c>) before this time; tokens without the claim count as older than any. Null: before now
    /// and, for a session, whenever they were issued. Needed where neither user nor session nor channel is given.
    /// </summary>
    [Id(3)] public DateTimeOffset? IssuedBefore { get; init; }

    /// <summary>
    /// When the revocation may be forgotten: not before the last token that it concerns has expired. Null: after
    /// <c>WsCluster:Revocations:Keep</c> (7 days).
    /// </summary>
    [Id(4)] public DateTimeOffset? KeepUntil { get; init; }

    /// <summary>The most bytes that user, session and channel may have together.</summary>
    public const int MaxBytes = 1024;
}
