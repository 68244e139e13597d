namespace WsCluster.Gateway.Authentication;

/// <summary>What a verifier found out about a token.</summary>
internal enum TokenStatus
{
    /// <summary>Genuine and in time.</summary>
    Valid,

    /// <summary>Genuine, but its time is over or has not come, or it was revoked: the client should get a new one.</summary>
    Expired,

    /// <summary>Not a token of ours for this purpose.</summary>
    Invalid,

    /// <summary>The issuer whose key would tell is out of reach: the client should come again later.</summary>
    Unverifiable,
}
