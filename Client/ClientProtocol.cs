namespace WsCluster.Client;

/// <summary>The encoding of a connection.</summary>
public enum ClientProtocol
{
    /// <summary>JSON: payloads are JSON values, and frames can be read by people.</summary>
    Json,

    /// <summary>Protobuf: smaller and faster, payloads are any bytes.</summary>
    Protobuf,
}
