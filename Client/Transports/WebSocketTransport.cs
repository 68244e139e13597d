using System.Buffers;
using System.Net.WebSockets;
using WsCluster.Client.Connections;
using WsCluster.Client.Protocol;

namespace WsCluster.Client.Transports;

/// <summary>The platform's WebSocket.</summary>
internal sealed class WebSocketTransport : ITransport
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private readonly ClientWebSocket _socket = new();
    private readonly Uri _endpoint;
    private readonly WebSocketMessageType _kind;
    private readonly int _maxMessageBytes;

    public WebSocketTransport(Uri endpoint, ICodec codec, ClientOptions options)
    {
        _endpoint = endpoint;
        _kind = codec.IsText ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
        _maxMessageBytes = options.MaxMessageBytes;
        _socket.Options.KeepAliveInterval = TimeSpan.Zero; // the protocol has pings of its own
        if (codec.Subprotocol is { } name)
        {
            _socket.Options.AddSubProtocol(name);
        }

        options.ConfigureWebSocket?.Invoke(_socket.Options);
    }

    public Task OpenAsync(CancellationToken cancellationToken) => _socket.ConnectAsync(_endpoint, cancellationToken);

    public Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) =>
        _socket.SendAsync(frame, _kind, endOfMessage: true, cancellationToken).AsTask();

    public async Task<ConnectionEnd?> ReceiveAsync(ArrayBufferWriter<byte> message, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _socket.ReceiveAsync(message.GetMemory(4096), cancellationToken);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return ConnectionEnd.OfCloseCode((int?)_socket.CloseStatus ?? 1005, _socket.CloseStatusDescription);
            }

            message.Advance(result.Count);
            if (message.WrittenCount > _maxMessageBytes)
            {
                return ConnectionEnd.MessageSizeLimit;
            }

            if (result.EndOfMessage)
            {
                return null;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        // A good-bye, as far as the peer takes it; nobody waits long for that.
        if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            using var timeout = new CancellationTokenSource(CloseTimeout);
            try
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", timeout.Token);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or IOException)
            {
                // It is gone already.
            }
        }

        _socket.Dispose();
    }
}
