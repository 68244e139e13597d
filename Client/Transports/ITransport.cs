using System.Buffers;
using WsCluster.Client.Connections;

namespace WsCluster.Client.Transports;

/// <summary>One attempt to reach the server. At most one send and one receive are under way.</summary>
internal interface ITransport : IAsyncDisposable
{
    Task OpenAsync(CancellationToken cancellationToken);

    Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken);

    /// <summary>Appends the next message. Returns null, or how the transport ended.</summary>
    Task<ConnectionEnd?> ReceiveAsync(ArrayBufferWriter<byte> message, CancellationToken cancellationToken);
}
