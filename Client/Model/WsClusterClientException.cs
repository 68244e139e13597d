namespace WsCluster.Client;

/// <summary>The server refused something, or the client could not bring it there.</summary>
public sealed class WsClusterClientException : Exception
{
    /// <summary>Creates it.</summary>
    public WsClusterClientException(int code, string message, bool isTemporary = false, Exception? innerException = null)
        : base($"{message} ({code})", innerException)
    {
        Code = code;
        Reason = message;
        IsTemporary = isTemporary;
    }

    /// <summary>A <see cref="ClientErrorCode"/> below 100, else what the server gave: 103 is "permission denied".</summary>
    public int Code { get; }

    /// <summary>The message without the code.</summary>
    public string Reason { get; }

    /// <summary>True when the same call may succeed later without any change.</summary>
    public bool IsTemporary { get; }
}
