namespace WsCluster.Gateway.Transports;

/// <summary>What becomes of a handshake.</summary>
internal enum HandshakeAnswer
{
    /// <summary>The connection opens.</summary>
    Taken,

    /// <summary>A page that may not connect: 403.</summary>
    ForeignOrigin,

    /// <summary>The gateway has as many connections as it may, or stops: 503.</summary>
    Full,

    /// <summary>The client's address opens connections too fast: 429.</summary>
    TooFast,

    /// <summary>The client's address has as many connections as it may: 429.</summary>
    TooMany,
}

/// <summary>How a refusal looks to the client and in metrics.</summary>
internal static class HandshakeAnswers
{
    /// <summary>The HTTP status.</summary>
    public static int Status(this HandshakeAnswer answer) => answer switch
    {
        HandshakeAnswer.ForeignOrigin => StatusCodes.Status403Forbidden,
        HandshakeAnswer.Full => StatusCodes.Status503ServiceUnavailable,
        HandshakeAnswer.TooFast or HandshakeAnswer.TooMany => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status101SwitchingProtocols,
    };

    /// <summary>The reason in metrics.</summary>
    public static string Reason(this HandshakeAnswer answer) => answer switch
    {
        HandshakeAnswer.ForeignOrigin => "origin",
        HandshakeAnswer.TooFast => "address_rate",
        HandshakeAnswer.TooMany => "address_connections",
        _ => "full",
    };
}
