namespace WsCluster;

/// <summary>A call to a channel or user that the cluster refused, with the reason as an <see cref="ErrorCode"/>.</summary>
[GenerateSerializer, Alias("WsCluster.WsClusterException")]
public sealed class WsClusterException : Exception
{
    /// <summary>Creates the exception for <paramref name="code"/> with its standard message.</summary>
    public WsClusterException(ErrorCode code) : this(code, code.Message())
    {
    }

    /// <summary>Creates the exception for <paramref name="code"/> with a message for the developer who called.</summary>
    public WsClusterException(ErrorCode code, string message) : base(message) => Code = code;

    /// <summary>Creates the exception for <paramref name="code"/> with a message and what caused it.</summary>
    public WsClusterException(ErrorCode code, string message, Exception? innerException) : base(message, innerException) => Code = code;

    /// <summary>Creates the exception for application code's no, whose code may be one of its own.</summary>
    public WsClusterException(Denial denial, Exception? innerException = null) : base(MessageOf(denial), innerException)
    {
        Code = (ErrorCode)denial.Code;
        Denial = denial;
    }

    /// <summary>Why the call was refused.</summary>
    [Id(0)] public ErrorCode Code { get; private set; }

    /// <summary>Application code's no, with its own words; null when the cluster itself refused.</summary>
    [Id(1)] public Denial? Denial { get; private set; }

    /// <summary>True when the same call may succeed later without any change.</summary>
    public bool IsTemporary => Denial?.IsTemporary ?? Code.IsTemporary();

    private static string MessageOf(Denial denial)
    {
        ArgumentNullException.ThrowIfNull(denial);
        return denial.Reason;
    }
}
