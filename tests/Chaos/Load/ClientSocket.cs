using System.Net.Sockets;
using System.Text;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>One connection to a gateway: what is sent goes in the order of the calls, what arrives is read message by message.</summary>
internal sealed class ClientSocket : IDisposable
{
    private static readonly byte[] PongFrame = Frame.Of(FrameKind.Text, "{}"u8);

    private readonly WebSocketLink _link;
    private readonly Lock _sync;
    private Task _sending = Task.CompletedTask; // guarded by _sync

    private ClientSocket(WebSocketLink link, Lock sync) => (_link, _sync) = (link, sync);

    /// <summary>Connects.</summary>
    /// <param name="gateway">Where to.</param>
    /// <param name="sync">Its owner's lock: messages are read under it, and <see cref="Send"/> is called under it.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<ClientSocket> OpenAsync(Uri gateway, Lock sync, CancellationToken cancellation) =>
        new(await WebSocketLink.OpenAsync(new Uri(gateway, "/connection/websocket"), cancellation), sync);

    /// <summary>Sends commands, one a line. Waits for nothing: whoever reads finds out when it fails. Under the lock.</summary>
    public void Send(string commands) => Send(Frame.Of(FrameKind.Text, Encoding.UTF8.GetBytes(commands)));

    /// <summary>Answers a ping. Under the lock.</summary>
    public void Pong() => Send(PongFrame);

    /// <summary>Reads until the connection ends, and says how it ended. Each message is read into the same object, under the lock.</summary>
    public async Task<string> ReadAsync(ServerMessage message, Action take, CancellationToken cancellation)
    {
        while (await _link.ReceiveAsync(cancellation))
        {
            lock (_sync)
            {
                while (_link.TryRead(out var kind, out var payload))
                {
                    if (kind == FrameKind.Close)
                    {
                        return $"closed: {(payload.Length < 2 ? 1005 : (payload[0] << 8) | payload[1])} {Encoding.UTF8.GetString(payload[Math.Min(2, payload.Length)..])}";
                    }

                    foreach (var range in payload.Split((byte)'\n'))
                    {
                        if (payload[range] is { IsEmpty: false } line)
                        {
                            message.Read(line);
                            take();
                        }
                    }
                }
            }
        }

        return "the connection ended without a close frame";
    }

    public void Dispose() => _link.Dispose();

    private void Send(byte[] frame) => _sending = SendAsync(_sending, frame);

    private async Task SendAsync(Task before, byte[] frame)
    {
        await before;
        try
        {
            await _link.SendAsync(frame);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The reader finds out as well.
        }
    }
}
