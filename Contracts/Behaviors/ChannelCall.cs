namespace WsCluster;

/// <summary>A client's rpc command that is addressed to a channel: its method was <c>channel/method</c>.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.ChannelCall")]
public sealed record ChannelCall
{
    /// <summary>What is called: the part behind the last slash.</summary>
    [Id(0)] public required string Method { get; init; }

    /// <summary>Who calls: a subscriber of the channel.</summary>
    [Id(1)] public required Caller Caller { get; init; }

    /// <summary>What the client sent along; empty for nothing.</summary>
    [Id(2)] public required byte[] Data { get; init; }
}

/// <summary>The answer to a <see cref="ChannelCall"/>.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.CallAnswer")]
public sealed record CallAnswer
{
    /// <summary>Why not; null: it was done.</summary>
    [Id(0)] public Denial? Denial { get; init; }

    /// <summary>What the client gets: for clients on the JSON protocol one JSON value. Null for nothing.</summary>
    [Id(1)] public byte[]? Data { get; init; }

    /// <summary>Done, with nothing to tell.</summary>
    public static CallAnswer Done { get; } = new();

    /// <summary>Error 104: there is no such method.</summary>
    public static CallAnswer UnknownMethod { get; } = new() { Denial = Denial.Of(ErrorCode.MethodNotFound) };

    /// <summary>No.</summary>
    public static CallAnswer Deny(Denial denial) => new() { Denial = denial };
}
