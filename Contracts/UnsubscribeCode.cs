namespace WsCluster;

/// <summary>
/// Why the server ended a subscription (protocol §18). After a code below 2500 the SDK stays unsubscribed; from 2500 on
/// it subscribes again, with recovery where it can.
/// </summary>
public enum UnsubscribeCode
{
    /// <summary>The application asked for it.</summary>
    Server = 2000,
    /// <summary>Publications were lost on the way; the position must be recovered.</summary>
    InsufficientState = 2500,
    /// <summary>The subscription was not refreshed in time.</summary>
    Expired = 2501,
    /// <summary>What the client knows is out of date, such as a revoked token: it drops token and position and subscribes again.</summary>
    StateInvalidated = 2502,
}

/// <summary>The wire text that goes with each <see cref="UnsubscribeCode"/>.</summary>
public static class UnsubscribeCodes
{
    /// <summary>The reason that clients see.</summary>
    public static string Reason(this UnsubscribeCode code) => code switch
    {
        UnsubscribeCode.Server => "server unsubscribe",
        UnsubscribeCode.InsufficientState => "insufficient state",
        UnsubscribeCode.Expired => "subscription expired",
        UnsubscribeCode.StateInvalidated => "state invalidated",
        _ => "",
    };
}
