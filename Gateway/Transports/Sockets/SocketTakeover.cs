using System.Buffers;
using System.Net;
using System.Net.Sockets;
using WsCluster.Gateway.Connections;

namespace WsCluster.Gateway.Transports.Sockets;

/// <summary>
/// Takes WebSocket connections over before the HTTP server sees them: it looks at the first request of a new socket without
/// taking a byte off it, answers an upgrade for our path itself, and leaves everything else untouched.
/// </summary>
internal sealed class SocketTakeover(WebSocketUpgrades upgrades, WriterShards shards)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LastPause = TimeSpan.FromMilliseconds(64);

    /// <summary>
    /// Serves a new connection if it begins with an upgrade for our path. Otherwise it is false, and the connection is the HTTP
    /// server's: not a byte has been taken from it.
    /// </summary>
    /// <exception cref="Exception">One of those that <see cref="TransportEnd.Is"/> names: the client is gone.</exception>
    public async Task<bool> TryTakeAsync(Socket socket)
    {
        socket.Blocking = false;
        if (await PeekUpgradeAsync(socket) is not { } request)
        {
            socket.Blocking = true;
            return false;
        }

        try
        {
            await TakeAsync(socket, request);
            return true;
        }
        catch
        {
            request.Place.Dispose(); // it goes before it has begun
            throw;
        }
    }

    private async Task TakeAsync(Socket socket, UpgradeRequest request)
    {
        var answer = await upgrades.AnswerAsync(request);
        if (socket.Send(answer.Head) is 0)
        {
            throw new IOException("A new connection takes no byte.");
        }

        upgrades.Serve(new SocketTransport(socket, upgrades.CloseTimeout, deflates: answer.Extension is not null), request, answer, shards.Next());
    }

    /// <summary>
    /// The upgrade that the connection begins with, taken off it; null for everything that is the HTTP server's to answer. A head
    /// that comes in pieces is looked at a few times; one that still isn't whole then has time with the HTTP server.
    /// </summary>
    private async Task<UpgradeRequest?> PeekUpgradeAsync(Socket socket)
    {
        var deadline = new HeadDeadline(socket);
        upgrades.Clock.Schedule(deadline, upgrades.Clock.Now + upgrades.HeadTimeout);
        try
        {
            await socket.ReceiveAsync(Memory<byte>.Empty);
        }
        finally
        {
            deadline.IsOver = true;
        }

        for (var pause = FirstPause; ; pause *= 2)
        {
            if (TryPeek(socket, out var request))
            {
                return request;
            }

            if (pause > LastPause)
            {
                return null;
            }

            await upgrades.Clock.DelayAsync(pause);
        }
    }

    /// <summary>True when what came says whose the connection is.</summary>
    private bool TryPeek(Socket socket, out UpgradeRequest? request)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(WebSocketUpgrades.MaxHeadBytes);
        try
        {
            var length = socket.Receive(buffer, SocketFlags.Peek);
            if (length == 0)
            {
                throw new IOException("The client is gone.");
            }

            var isWhole = upgrades.TryRead(
                new ReadOnlySequence<byte>(buffer, 0, length), length == buffer.Length, (socket.RemoteEndPoint as IPEndPoint)?.Address, out request, out var end);
            if (request is not null)
            {
                socket.Receive(buffer, 0, end, SocketFlags.None);
            }

            return isWhole;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A client that opens a connection and sends no request must not hold it for ever.</summary>
    private sealed class HeadDeadline(Socket socket) : IDeadline
    {
        public volatile bool IsOver;

        public DateTimeOffset? OnDeadline(DateTimeOffset now)
        {
            if (!IsOver)
            {
                socket.Dispose();
            }

            return null;
        }
    }
}
