namespace WsCluster;

/// <summary>The connection that wants something.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.Caller")]
public sealed record Caller
{
    /// <summary>User, connection id and the application's data about the connection.</summary>
    [Id(0)] public required ClientInfo Info { get; init; }

    /// <summary>The session (the login) that its token belongs to; empty when it names none.</summary>
    [Id(1)] public string Session { get; init; } = "";

    /// <summary>The token's <c>meta</c>: JSON that no client sees; or null.</summary>
    [Id(2)] public byte[]? Meta { get; init; }
}

/// <summary>A client wants to subscribe to a channel without a token.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.SubscribeAttempt")]
public sealed record SubscribeAttempt
{
    /// <summary>The channel.</summary>
    [Id(0)] public required string Channel { get; init; }

    /// <summary>Who asks.</summary>
    [Id(1)] public required Caller Caller { get; init; }

    /// <summary>What the client sent along; empty for nothing.</summary>
    [Id(2)] public required byte[] Data { get; init; }
}

/// <summary>A client wants to publish into a channel.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.PublishAttempt")]
public sealed record PublishAttempt
{
    /// <summary>The channel.</summary>
    [Id(0)] public required string Channel { get; init; }

    /// <summary>Who asks.</summary>
    [Id(1)] public required Caller Caller { get; init; }

    /// <summary>What it wants to publish.</summary>
    [Id(2)] public required byte[] Data { get; init; }

    /// <summary>True when the connection is subscribed to the channel.</summary>
    [Id(3)] public required bool IsSubscribed { get; init; }
}

/// <summary>The answer to a <see cref="SubscribeAttempt"/>.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.SubscribeDecision")]
public sealed record SubscribeDecision
{
    /// <summary>Why not; null: it may.</summary>
    [Id(0)] public Denial? Denial { get; init; }

    /// <summary>
    /// How, on top of the namespace's options. When the subscription expires, it is ended (2501) and the client subscribes
    /// again, which asks again.
    /// </summary>
    [Id(1)] public SubscribeOptions Options { get; init; } = new();

    /// <summary>Yes, as the namespace says.</summary>
    public static SubscribeDecision Allow { get; } = new();

    /// <summary>No: error 103.</summary>
    public static SubscribeDecision Deny { get; } = new() { Denial = Denial.PermissionDenied };
}

/// <summary>The answer to a <see cref="PublishAttempt"/>.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.PublishDecision")]
public sealed record PublishDecision
{
    /// <summary>Why not; null: it may.</summary>
    [Id(0)] public Denial? Denial { get; init; }

    /// <summary>
    /// What to publish instead, with its options; null: what the client sent. The publisher's info stays the client's.
    /// </summary>
    [Id(1)] public PublishRequest? Instead { get; init; }

    /// <summary>Yes.</summary>
    public static PublishDecision Allow { get; } = new();

    /// <summary>No: error 103.</summary>
    public static PublishDecision Deny { get; } = new() { Denial = Denial.PermissionDenied };
}
