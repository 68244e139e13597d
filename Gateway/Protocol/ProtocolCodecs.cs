namespace WsCluster.Gateway.Protocol;

/// <summary>The codecs there are: one instance each, shared by all connections.</summary>
internal static class ProtocolCodecs
{
    /// <summary>The JSON codec.</summary>
    public static IProtocolCodec Json { get; } = new JsonCodec();

    /// <summary>The Protobuf codec.</summary>
    public static IProtocolCodec Protobuf { get; } = new ProtobufCodec();

    /// <summary>The codec for a connection's protocol.</summary>
    public static IProtocolCodec For(ProtocolKind kind) => kind switch
    {
        ProtocolKind.Json => Json,
        ProtocolKind.Protobuf => Protobuf,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such protocol."),
    };
}
