namespace WsCluster.Gateway.Authentication;

/// <summary>What a verifier found out about a token.</summary>
/// <param name="Status">Whether it is genuine and in time.</param>
/// <param name="Claims">What it says, also when it is expired; null when it is invalid or cannot be verified.</param>
internal readonly record struct TokenResult<T>(TokenStatus Status, T? Claims)
    where T : class
{
    /// <summary>Not a token of ours for this purpose.</summary>
    public static TokenResult<T> Invalid => new(TokenStatus.Invalid, null);

    /// <summary>Nobody can say now.</summary>
    public static TokenResult<T> Unverifiable => new(TokenStatus.Unverifiable, null);
}
