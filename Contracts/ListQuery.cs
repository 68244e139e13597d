namespace WsCluster;

/// <summary>
/// Asks for a part of a list of what is live in the cluster. Lists are ordered (ordinally) and read in pages: the next page
/// begins after the last entry of this one. What comes and goes meanwhile may be seen or not; what stays is seen once.
/// </summary>
[GenerateSerializer, Immutable, Alias("WsCluster.ListQuery")]
public sealed record ListQuery
{
    /// <summary>The most entries of a page.</summary>
    public const int MaxLimit = 1000;

    /// <summary>Only what comes after this channel, user or connection id; empty: from the beginning.</summary>
    [Id(0)] public string After { get; init; } = "";

    /// <summary>Most entries to return, up to <see cref="MaxLimit"/>.</summary>
    [Id(1)] public int Limit { get; init; } = 100;

    /// <summary>Only channels or users whose name matches this glob (<c>*</c>, <c>?</c>); empty: all. Ignored for connections.</summary>
    [Id(2)] public string Pattern { get; init; } = "";

    /// <summary>Only connections of this user; null: of all. Ignored for channels and users.</summary>
    [Id(3)] public string? User { get; init; }
}

/// <summary>A part of a list.</summary>
/// <param name="Items">The entries, in order.</param>
/// <param name="Next">What to ask for after (<see cref="ListQuery.After"/>) to read on; null at the end.</param>
public sealed record ListPage<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>A channel with subscribers.</summary>
/// <param name="Name">The channel.</param>
/// <param name="Subscribers">Its subscribers.</param>
[GenerateSerializer, Immutable, Alias("WsCluster.ChannelDescription")]
public sealed record ChannelDescription([property: Id(0)] string Name, [property: Id(1)] int Subscribers);

/// <summary>A user with connections.</summary>
/// <param name="User">The user.</param>
/// <param name="Connections">The user's connections.</param>
[GenerateSerializer, Immutable, Alias("WsCluster.UserDescription")]
public sealed record UserDescription([property: Id(0)] string User, [property: Id(1)] int Connections);

/// <summary>A live connection, as its gateway knows it.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.ConnectionDescription")]
public sealed record ConnectionDescription
{
    /// <summary>The connection's id.</summary>
    [Id(0)] public required string Client { get; init; }

    /// <summary>Its user; empty for an anonymous one.</summary>
    [Id(1)] public required string User { get; init; }

    /// <summary>The gateway that holds it.</summary>
    [Id(2)] public required string GatewayId { get; init; }

    /// <summary>When it connected (UTC).</summary>
    [Id(3)] public required DateTimeOffset ConnectedAt { get; init; }

    /// <summary>The SDK's or application's name as the client gave it; may be empty.</summary>
    [Id(4)] public string Name { get; init; } = "";

    /// <summary>The application's version as the client gave it; may be empty.</summary>
    [Id(5)] public string Version { get; init; } = "";

    /// <summary>What carries it, such as <c>websocket</c>.</summary>
    [Id(6)] public string Transport { get; init; } = "";

    /// <summary>The session (the login) of its token; may be empty.</summary>
    [Id(7)] public string Session { get; init; } = "";

    /// <summary>The channels that it is subscribed to.</summary>
    [Id(8)] public required IReadOnlyList<string> Channels { get; init; }
}
