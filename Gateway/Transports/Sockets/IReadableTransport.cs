using WsCluster.Gateway.Connections;

namespace WsCluster.Gateway.Transports.Sockets;

/// <summary>A transport on a socket of our own, whatever reads it.</summary>
internal interface IReadableTransport : ITransport
{
    /// <summary>Reads messages until the connection is over, the closing handshake included.</summary>
    Task ReadAsync(Connection connection, int maxMessageBytes, Func<ReadOnlyMemory<byte>, Task> process);
}
