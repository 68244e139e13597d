namespace WsCluster;

/// <summary>
/// Something to do to the live connections of a user, on every gateway. Takes effect asynchronously; a user without
/// connections is not an error. An empty user means the anonymous connections.
/// </summary>
[GenerateSerializer, Immutable, Alias("WsCluster.UserCommand")]
public abstract record UserCommand
{
    /// <summary>Only the connection with this id; null or empty for all of the user's.</summary>
    [Id(0)] public string? Client { get; init; }
}

/// <summary>Sends data to the connections themselves, outside any channel (the <c>message</c> push).</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.SendToUser")]
public sealed record SendToUser : UserCommand
{
    /// <summary>The message. JSON connections need valid JSON.</summary>
    [Id(0)] public required byte[] Data { get; init; }
}

/// <summary>Ends the connections.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.DisconnectUser")]
public sealed record DisconnectUser : UserCommand
{
    /// <summary>The close code: a <see cref="DisconnectCode"/> or an application's own, 4000-4999.</summary>
    [Id(0)] public int Code { get; init; } = (int)DisconnectCode.ForceNoReconnect;

    /// <summary>The close reason, at most 123 bytes.</summary>
    [Id(1)] public string Reason { get; init; } = DisconnectCode.ForceNoReconnect.Reason();

    /// <summary>Connection ids to spare, or null.</summary>
    [Id(2)] public IReadOnlyList<string>? Whitelist { get; init; }
}

/// <summary>Ends a subscription of the connections.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.UnsubscribeUser")]
public sealed record UnsubscribeUser : UserCommand
{
    /// <summary>The channel to unsubscribe from.</summary>
    [Id(0)] public required string Channel { get; init; }

    /// <summary>The code that clients see: a <see cref="UnsubscribeCode"/>.</summary>
    [Id(1)] public int Code { get; init; } = (int)UnsubscribeCode.Server;

    /// <summary>The reason that clients see.</summary>
    [Id(2)] public string Reason { get; init; } = UnsubscribeCode.Server.Reason();
}

/// <summary>Subscribes the connections to a channel on the server's side.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.SubscribeUser")]
public sealed record SubscribeUser : UserCommand
{
    /// <summary>The channel to subscribe to.</summary>
    [Id(0)] public required string Channel { get; init; }

    /// <summary>How; null for the namespace's own options.</summary>
    [Id(1)] public SubscribeOptions? Options { get; init; }

    /// <summary>Where to recover from, or null.</summary>
    [Id(2)] public StreamPosition? RecoverSince { get; init; }
}

/// <summary>Changes the connections' expiry and info.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.RefreshUser")]
public sealed record RefreshUser : UserCommand
{
    /// <summary>End the connections as expired (3005).</summary>
    [Id(0)] public bool Expired { get; init; }

    /// <summary>When they expire now; null: never.</summary>
    [Id(1)] public DateTimeOffset? ExpireAt { get; init; }

    /// <summary>New connection info, or null to keep it.</summary>
    [Id(2)] public byte[]? Info { get; init; }
}
