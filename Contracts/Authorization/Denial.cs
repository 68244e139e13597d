namespace WsCluster;

/// <summary>Application code's no to a client: an error reply, or the end of the connection.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.Denial")]
public sealed record Denial
{
    /// <summary>An <see cref="ErrorCode"/>, an error of the application's own (400-1999), or the close code of a disconnect (3000-4999).</summary>
    [Id(0)] public required int Code { get; init; }

    /// <summary>What the client sees; of a disconnect at most 123 bytes.</summary>
    [Id(1)] public required string Reason { get; init; }

    /// <summary>True when the same command may succeed later: SDKs then try again by themselves. Errors only.</summary>
    [Id(2)] public bool IsTemporary { get; init; }

    /// <summary>True when the connection ends.</summary>
    public bool Disconnects => Code >= 3000;

    /// <summary>Error 103: permission denied.</summary>
    public static Denial PermissionDenied { get; } = Of(ErrorCode.PermissionDenied);

    /// <summary>An error of the protocol.</summary>
    public static Denial Of(ErrorCode code) => new() { Code = (int)code, Reason = code.Message(), IsTemporary = code.IsTemporary() };

    /// <summary>A disconnect of the protocol.</summary>
    public static Denial Of(DisconnectCode code) => new() { Code = (int)code, Reason = code.Reason() };
}
