namespace WsCluster;

/// <summary>Who stands behind a connection, as other subscribers may see it (protocol §5, <c>ClientInfo</c>).</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.ClientInfo")]
public sealed record ClientInfo
{
    /// <summary>The authenticated user; empty for an anonymous connection.</summary>
    [Id(0)] public required string User { get; init; }

    /// <summary>The connection's id, unique in the cluster.</summary>
    [Id(1)] public required string Client { get; init; }

    /// <summary>The application's data about the connection (JSON or bytes), or null.</summary>
    [Id(2)] public byte[]? ConnInfo { get; init; }

    /// <summary>The application's data about this connection in this channel, or null.</summary>
    [Id(3)] public byte[]? ChanInfo { get; init; }
}
