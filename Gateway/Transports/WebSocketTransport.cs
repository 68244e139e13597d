using System.Net.WebSockets;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Transports.Deflate;

namespace WsCluster.Gateway.Transports;

/// <summary>
/// Frames as WebSocket messages over ASP.NET Core's own WebSocket, for connections with TLS or HTTP/2: text for JSON, binary
/// for Protobuf (protocol §1.1 and §6, "Closing").
/// </summary>
internal sealed class WebSocketTransport(WebSocket socket, ProtocolKind protocol, TimeSpan closeTimeout, Action abort) : ITransport
{
    private readonly WebSocketMessageType _type =
        protocol == ProtocolKind.Json ? WebSocketMessageType.Text : WebSocketMessageType.Binary;

    private readonly TaskCompletionSource _peerClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => "websocket";

    public bool SendsWebSocketFrames => false;

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame)
    {
        var compression = frame.Length < MessageDeflater.MinBytes ? WebSocketMessageFlags.DisableCompression : WebSocketMessageFlags.None;
        return socket.SendAsync(frame, _type, WebSocketMessageFlags.EndOfMessage | compression, CancellationToken.None);
    }

    public async ValueTask CloseAsync(int code, string reason)
    {
        try
        {
            // A client that reads nothing would hold the close frame back as well, so the time limit covers both.
            using var limit = new CancellationTokenSource(closeTimeout);
            await socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, limit.Token);
            await _peerClosed.Task.WaitAsync(limit.Token);
        }
        catch (Exception e) when (WebSocketReader.IsEnd(e))
        {
            // The client is gone or does not listen: nothing is left to tell it.
        }

        Abort();
    }

    public void Abort()
    {
        _over.TrySetResult();
        socket.Abort();
        abort();
    }

    /// <summary>Reads messages until the client closes or goes.</summary>
    public async Task ReadAsync(Connection connection, int maxMessageBytes, Func<ReadOnlyMemory<byte>, Task> process)
    {
        try
        {
            var end = await new WebSocketReader(socket, maxMessageBytes).ReadAsync(connection, process);
            if (end == ReadEnd.Refused)
            {
                await _over.Task; // leaves it the time to get our close frame; a deadline ends it in any case
            }
            else if (end == ReadEnd.PeerClosed && socket.State == WebSocketState.CloseReceived)
            {
                using var limit = new CancellationTokenSource(closeTimeout);
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
            }
        }
        catch (Exception e) when (WebSocketReader.IsEnd(e))
        {
            // Gone before it got its close frame.
        }
        finally
        {
            _peerClosed.TrySetResult();
        }
    }
}
