namespace WsCluster.Gateway.Protocol;

/// <summary>The codecs there are: one instance each, shared by all connections.</summary>
internal static class ProtocolCodecs
{
    /// <summary>The JSON codec.</summary>
    public static IProtocolCodec Json { get; } = new JsonCodec();

    /// <summary>The Protobuf codec.</summary>
    public static IProtocolCodec Protobuf { get; } = new ProtobufCodec();

    private static IProtocolCodec UnidirectionalJson { get; } = new UnidirectionalJsonCodec();

    private static IProtocolCodec UnidirectionalProtobuf { get; } = new UnidirectionalProtobufCodec();

    /// <summary>The codec for a connection that only gets pushes (protocol §25).</summary>
    public static IProtocolCodec UnidirectionalFor(ProtocolKind kind) => kind switch
    {
        ProtocolKind.Json => UnidirectionalJson,
        ProtocolKind.Protobuf => UnidirectionalProtobuf,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such protocol."),
    };

    /// <summary>The codec for a connection's protocol.</summary>
    public static IProtocolCodec For(ProtocolKind kind) => kind switch
    {
        ProtocolKind.Json => Json,
        ProtocolKind.Protobuf => Protobuf,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such protocol."),
    };
}
