using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace WsCluster.Gateway.Transports.Sockets;

/// <summary>
/// A listening socket. Every new connection is looked at: WebSockets are taken over and never reach the HTTP server, the others
/// are handed to it as if it had accepted them itself.
/// </summary>
internal sealed class SocketListener : IConnectionListener
{
    private static readonly TimeSpan ErrorPause = TimeSpan.FromMilliseconds(50);

    private readonly Socket _listening;
    private readonly SocketTakeover _takeover;
    private readonly SocketConnectionContextFactory _http;
    private readonly ILogger _logger;
    private readonly Channel<ConnectionContext> _forHttp = Channel.CreateUnbounded<ConnectionContext>(); // bounded by the process's sockets

    /// <summary>Accepts from a socket that listens already.</summary>
    public SocketListener(Socket listening, SocketTakeover takeover, SocketConnectionContextFactory http, ILogger logger)
    {
        _listening = listening;
        _takeover = takeover;
        _http = http;
        _logger = logger;
        EndPoint = listening.LocalEndPoint!;
        _ = AcceptAllAsync();
    }

    /// <inheritdoc/>
    public EndPoint EndPoint { get; }

    /// <summary>The next connection for the HTTP server; null when no more will come.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _forHttp.Reader.WaitToReadAsync(cancellationToken) && _forHttp.Reader.TryRead(out var connection) ? connection : null;

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _listening.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _listening.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAllAsync()
    {
        while (true)
        {
            try
            {
                var socket = await _listening.AcceptAsync();
                _ = OpenAsync(socket);
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.Interrupted })
            {
                break; // unbound
            }
            catch (Exception e)
            {
                GatewayLog.AcceptFailed(_logger, e); // reset before it was accepted, or the process has no file left for it
                await Task.Delay(ErrorPause);
            }
        }

        _forHttp.Writer.TryComplete();
    }

    private async Task OpenAsync(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            if (await _takeover.TryTakeAsync(socket) || _forHttp.Writer.TryWrite(_http.Create(socket)))
            {
                return;
            }
        }
        catch (Exception e) when (TransportEnd.Is(e))
        {
            // Gone, or dropped by the deadline, before its request was whole: daily life, and nothing to log.
        }
        catch (Exception e)
        {
            GatewayLog.AcceptFailed(_logger, e);
        }

        socket.Dispose();
    }
}
