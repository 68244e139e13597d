namespace WsCluster.Client;

/// <summary>A client has got another state.</summary>
/// <param name="State">The new state.</param>
/// <param name="Code">Why: a <see cref="ConnectingCode"/> or <see cref="DisconnectedCode"/>, or what the server gave.</param>
/// <param name="Reason">The same in words.</param>
public sealed record ClientStateChange(ClientState State, int Code, string Reason)
{
    /// <summary>When connected: the id of the connection.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>When connected: what the server says for this connection. Empty when nothing.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }
}
