namespace WsCluster;

/// <summary>Whether a user is there, and since when not.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.UserStatus")]
public sealed record UserStatus
{
    /// <summary>The user's live connections in the cluster; those of a gateway that crashed are gone after its lease (10 s).</summary>
    [Id(0)] public required int Connections { get; init; }

    /// <summary>
    /// When the last connection ended; now, while there is one. Null when that is not known: the user never came, or it is
    /// longer ago than <c>WsCluster:Users:KeepLastSeen</c>.
    /// </summary>
    [Id(1)] public required DateTimeOffset? LastSeenAt { get; init; }

    /// <summary>True when the user has a connection.</summary>
    public bool IsOnline => Connections > 0;
}
