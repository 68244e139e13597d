namespace WsCluster.Gateway.Authentication;

/// <summary>
/// Decides whether tokens are genuine (protocol §19). Never throws, whatever the token is; safe for concurrent use.
/// Claims are given for expired tokens too, since a gateway in insecure mode ignores expiry; they are null when invalid
/// or when nobody can say now.
/// </summary>
internal interface ITokenVerifier
{
    /// <summary>Verifies the token of a connect or refresh command.</summary>
    ValueTask<TokenResult<ConnectionToken>> VerifyConnectionAsync(string token);

    /// <summary>
    /// Verifies the token of a subscribe or sub_refresh command. Whether it is for this channel, user and client is for
    /// the caller to compare.
    /// </summary>
    ValueTask<TokenResult<SubscriptionToken>> VerifySubscriptionAsync(string token);
}
