namespace WsCluster.Gateway.Commands;

/// <summary>Why a command was refused: an error reply, or the end of the connection.</summary>
/// <param name="Error">The error to reply; <see cref="ErrorCode.None"/> when there is none.</param>
/// <param name="Disconnect">The code to close with, or null.</param>
internal readonly record struct Refusal(ErrorCode Error, DisconnectCode? Disconnect = null)
{
    /// <summary>Not refused.</summary>
    public static Refusal None => default;

    /// <summary>True when the command was not refused.</summary>
    public bool IsNone => Error == ErrorCode.None && Disconnect is null;

    public static implicit operator Refusal(ErrorCode error) => new(error);

    public static implicit operator Refusal(DisconnectCode code) => new(ErrorCode.None, code);
}
