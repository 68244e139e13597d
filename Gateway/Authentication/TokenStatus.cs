namespace WsCluster.Gateway.Authentication;

/// <summary>What a verifier found out about a token.</summary>
internal enum TokenStatus
{
    /// <summary>Genuine and in time.</summary>
    Valid,

    /// <summary>Genuine, but its time is over or has not come: the client should get a new one.</summary>
    Expired,

    /// <summary>Not a token of ours for this purpose.</summary>
    Invalid,
}
