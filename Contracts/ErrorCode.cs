namespace WsCluster;

/// <summary>Why a command or call failed (protocol §16 and §22). Numbers are wire format and never reused.</summary>
public enum ErrorCode
{
    /// <summary>No error.</summary>
    None = 0,
    /// <summary>Something failed inside the cluster; the same request may succeed later.</summary>
    Internal = 100,
    /// <summary>The caller is not authenticated.</summary>
    Unauthorized = 101,
    /// <summary>The channel's namespace is not configured.</summary>
    UnknownChannel = 102,
    /// <summary>The caller may not do this in this channel.</summary>
    PermissionDenied = 103,
    /// <summary>No such method; over HTTP: not found.</summary>
    MethodNotFound = 104,
    /// <summary>The connection already has this subscription.</summary>
    AlreadySubscribed = 105,
    /// <summary>The connection has as many subscriptions as it may.</summary>
    LimitExceeded = 106,
    /// <summary>The request breaks a rule of the protocol or of the channel.</summary>
    BadRequest = 107,
    /// <summary>The channel has this feature turned off.</summary>
    NotAvailable = 108,
    /// <summary>The token has expired; get a new one and retry.</summary>
    TokenExpired = 109,
    /// <summary>The connection's or subscription's time is over.</summary>
    Expired = 110,
    /// <summary>The caller is over a rate; retry later.</summary>
    TooManyRequests = 111,
    /// <summary>The position cannot be resumed from; load the state anew.</summary>
    UnrecoverablePosition = 112,
}

/// <summary>The wire text and the advice that go with each <see cref="ErrorCode"/>.</summary>
public static class ErrorCodes
{
    /// <summary>The message that clients see.</summary>
    public static string Message(this ErrorCode code) => code switch
    {
        ErrorCode.Unauthorized => "unauthorized",
        ErrorCode.UnknownChannel => "unknown channel",
        ErrorCode.PermissionDenied => "permission denied",
        ErrorCode.MethodNotFound => "method not found",
        ErrorCode.AlreadySubscribed => "already subscribed",
        ErrorCode.LimitExceeded => "limit exceeded",
        ErrorCode.BadRequest => "bad request",
        ErrorCode.NotAvailable => "not available",
        ErrorCode.TokenExpired => "token expired",
        ErrorCode.Expired => "expired",
        ErrorCode.TooManyRequests => "too many requests",
        ErrorCode.UnrecoverablePosition => "unrecoverable position",
        _ => "internal server error",
    };

    /// <summary>True when the same request may succeed later without any change.</summary>
    public static bool IsTemporary(this ErrorCode code) => code is ErrorCode.Internal or ErrorCode.TooManyRequests;
}
