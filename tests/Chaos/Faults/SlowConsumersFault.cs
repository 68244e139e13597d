using System.Net;
using System.Net.Sockets;
using WsCluster.Tests.Chaos.Load;

namespace WsCluster.Tests.Chaos.Faults;

/// <summary>
/// Clients that subscribe and never read, on a channel with much traffic. The gateways must drop them at their limit, and nobody
/// else may notice.
/// </summary>
internal sealed class SlowConsumersFault(int count) : IFault
{
    private const int Publications = 1500;
    private const int PublicationBytes = 4096; // together over what a connection's queue and the kernel hold
    private static readonly TimeSpan PatienceForClose = TimeSpan.FromSeconds(30);

    public string Name => $"{count} clients that do not read";

    public async Task RunAsync(FaultScene scene)
    {
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < count; i++)
            {
                sockets.Add(await SubscribeAsync(scene.AnyGateway().Address));
            }

            scene.Strike();
            await Parallel.ForEachAsync(
                Enumerable.Range(0, Publications),
                new ParallelOptions { MaxDegreeOfParallelism = 8 },
                async (_, _) => await scene.Load.RollCaller.PublishAsync(ChaosChannels.Flood, PublicationBytes));
            var dropped = await Task.WhenAll(sockets.Select(WasDroppedAsync));
            scene.Notes.Add($"{dropped.Count(d => d)} of {count} dropped");
            if (dropped.Contains(false))
            {
                throw new InvalidOperationException($"{dropped.Count(d => !d)} of {count} clients that do not read were kept: what waits for them is not bounded.");
            }
        }
        finally
        {
            sockets.ForEach(s => s.Dispose());
        }
    }

    private static async Task<Socket> SubscribeAsync(Uri gateway)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(IPAddress.Parse(gateway.Host), gateway.Port);
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(
            $"GET /connection/websocket HTTP/1.1\r\nHost: {gateway.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        const string commands = $$$"""
            {"id":1,"connect":{}}
            {"id":2,"subscribe":{"channel":"{{{ChaosChannels.Flood}}}"}}
            """;
        await socket.SendAsync(Frame.Of(FrameKind.Text, System.Text.Encoding.UTF8.GetBytes(commands)));
        return socket;
    }

    /// <summary>Reads at last what had been sent, up to the end: true when there is one.</summary>
    private static async Task<bool> WasDroppedAsync(Socket socket)
    {
        using var patience = new CancellationTokenSource(PatienceForClose);
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, patience.Token) > 0)
            {
            }

            return true;
        }
        catch (SocketException)
        {
            return true; // reset
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
