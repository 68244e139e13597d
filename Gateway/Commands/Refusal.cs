namespace WsCluster.Gateway.Commands;

/// <summary>Why a command was refused: an error reply, or the end of the connection.</summary>
/// <param name="Error">The error to reply; <see cref="ErrorCode.None"/> when there is none.</param>
/// <param name="Disconnect">The code to close with, or null.</param>
/// <param name="Denial">The application's own no, with its code and words; the others are then empty.</param>
internal readonly record struct Refusal(ErrorCode Error, DisconnectCode? Disconnect = null, Denial? Denial = null)
{
    /// <summary>Not refused.</summary>
    public static Refusal None => default;

    /// <summary>True when the command was not refused.</summary>
    public bool IsNone => Error == ErrorCode.None && Disconnect is null && Denial is null;

    /// <summary>The code and words of the refusal, whatever it is; null when not refused.</summary>
    public Denial? Reason =>
        Denial ?? (Disconnect is { } code ? WsCluster.Denial.Of(code) : Error != ErrorCode.None ? WsCluster.Denial.Of(Error) : null);

    /// <summary>What a call to the cluster was refused with.</summary>
    public static Refusal Of(WsClusterException failure) => failure.Denial is { } denial ? denial : failure.Code;

    public static implicit operator Refusal(ErrorCode error) => new(error);

    public static implicit operator Refusal(Denial denial) => new(ErrorCode.None, Denial: denial);

    public static implicit operator Refusal(DisconnectCode code) => new(ErrorCode.None, code);
}
