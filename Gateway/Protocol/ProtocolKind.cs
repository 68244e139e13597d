namespace WsCluster.Gateway.Protocol;

/// <summary>The encoding of a connection, fixed when its transport opens (protocol §1.1).</summary>
internal enum ProtocolKind
{
    /// <summary>JSON objects, one per line, in text frames.</summary>
    Json,

    /// <summary>Length-prefixed Protobuf messages in binary frames.</summary>
    Protobuf,
}
