namespace WsCluster.Routing;

/// <summary>Asks a gateway what became of a channel's publications on the way to a user's connections, or to one connection.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.ExplainQuery")]
public sealed record ExplainQuery
{
    /// <summary>The channel.</summary>
    [Id(0)] public required string Channel { get; init; }

    /// <summary>The user whose connections are meant; null when <see cref="Client"/> says which. Empty: the anonymous ones.</summary>
    [Id(1)] public string? User { get; init; }

    /// <summary>The connection that is meant; null for all of the user's.</summary>
    [Id(2)] public string? Client { get; init; }

    /// <summary>The publication that is meant; null for the newest that are remembered.</summary>
    [Id(3)] public ulong? Offset { get; init; }

    /// <summary>Publications that are asked about beside those that the gateway remembers; ignored with <see cref="Offset"/>.</summary>
    [Id(4)] public IReadOnlyList<ulong> AlsoOffsets { get; init; } = [];

    /// <summary>True when a connection is meant.</summary>
    public bool Matches(string user, string client) => (Client is null || Client == client) && (User is null || User == user);
}
