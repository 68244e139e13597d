namespace WsCluster;

/// <summary>A user's connection that wants to be let in; its token or the application's answer is verified already.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.ConnectAttempt")]
public sealed record ConnectAttempt
{
    /// <summary>User, connection id, info and session.</summary>
    [Id(0)] public required Caller Caller { get; init; }

    /// <summary>What the client sent along; empty for nothing.</summary>
    [Id(1)] public required byte[] Data { get; init; }

    /// <summary>The SDK's or application's name as the client gave it; may be empty.</summary>
    [Id(2)] public string Name { get; init; } = "";

    /// <summary>The application's version as the client gave it; may be empty.</summary>
    [Id(3)] public string Version { get; init; } = "";
}

/// <summary>The answer to a <see cref="ConnectAttempt"/>.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.ConnectDecision")]
public sealed record ConnectDecision
{
    /// <summary>Why not; null: it may.</summary>
    [Id(0)] public Denial? Denial { get; init; }

    /// <summary>Most live connections that this user may have, this one included; more are refused with 3504. Null: as configured.</summary>
    [Id(1)] public int? MaxSessions { get; init; }

    /// <summary>Channels to subscribe the connection to, with how, beside those of its token; null for none.</summary>
    [Id(2)] public IReadOnlyDictionary<string, SubscribeOptions>? Channels { get; init; }

    /// <summary>Replaces the application's data about the connection (<c>conn_info</c>); null to keep the token's.</summary>
    [Id(3)] public byte[]? Info { get; init; }

    /// <summary>Data for the client in its connect result, or null.</summary>
    [Id(4)] public byte[]? Data { get; init; }

    /// <summary>Yes.</summary>
    public static ConnectDecision Allow { get; } = new();
}
