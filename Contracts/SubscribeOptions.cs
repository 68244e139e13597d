namespace WsCluster;

/// <summary>What a token or the server says about one subscription, on top of the namespace's options (protocol §19).</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.SubscribeOptions")]
public sealed record SubscribeOptions
{
    /// <summary>When the subscription expires; null: never.</summary>
    [Id(0)] public DateTimeOffset? ExpireAt { get; init; }

    /// <summary>The application's data about the connection in this channel (<c>chan_info</c>), or null.</summary>
    [Id(1)] public byte[]? ChanInfo { get; init; }

    /// <summary>Data for the subscriber in the subscribe result, or null.</summary>
    [Id(2)] public byte[]? Data { get; init; }

    /// <summary>Replaces the namespace's <c>Presence</c>.</summary>
    [Id(3)] public bool? Presence { get; init; }

    /// <summary>Replaces the namespace's <c>JoinLeave</c>.</summary>
    [Id(4)] public bool? JoinLeave { get; init; }

    /// <summary>Replaces the namespace's <c>ForcePushJoinLeave</c>.</summary>
    [Id(5)] public bool? ForcePushJoinLeave { get; init; }

    /// <summary>Replaces the namespace's <c>ForceRecovery</c>.</summary>
    [Id(6)] public bool? ForceRecovery { get; init; }

    /// <summary>Replaces the namespace's <c>ForcePositioning</c>.</summary>
    [Id(7)] public bool? ForcePositioning { get; init; }
}
