using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace WsCluster.Tests.Chaos.Network;

/// <summary>One connection through a <see cref="TcpProxy"/>.</summary>
internal sealed class ProxiedConnection(TcpProxy proxy, Socket client) : IDisposable
{
    private const int ChunksUnderWay = 256; // of up to 64 KiB; past it the sender is not read
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly Socket _server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private volatile bool _isBroken;

    public async Task RunAsync(IPEndPoint target, CancellationToken stop)
    {
        try
        {
            client.NoDelay = true;
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
            await WaitUntilOpenAsync(ended.Token);
            await _server.ConnectAsync(target, ended.Token);
            await Task.WhenAny(CarryAsync(client, _server, ended.Token), CarryAsync(_server, client, ended.Token));
            await ended.CancelAsync();
        }
        catch (Exception e) when (IsTheEnd(e))
        {
            // the end
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Breaks it in both directions.</summary>
    public void Dispose()
    {
        _isBroken = true;
        client.Close(0);
        _server.Close(0);
    }

    private async Task CarryAsync(Socket from, Socket to, CancellationToken ended)
    {
        var chunks = Channel.CreateBounded<(long Due, byte[] Bytes)>(ChunksUnderWay);
        var sending = SendAsync(chunks.Reader, to, ended);
        try
        {
            var buffer = new byte[64 * 1024];
            while (await from.ReceiveAsync(buffer, ended) is var count and > 0)
            {
                var due = Stopwatch.GetTimestamp() + (long)(proxy.Latency.TotalSeconds * Stopwatch.Frequency);
                await chunks.Writer.WriteAsync((due, buffer[..count]), ended);
            }
        }
        catch (Exception e) when (IsTheEnd(e))
        {
            // the end
        }

        chunks.Writer.Complete();
        await sending;
    }

    private async Task SendAsync(ChannelReader<(long Due, byte[] Bytes)> chunks, Socket to, CancellationToken ended)
    {
        try
        {
            await foreach (var (due, bytes) in chunks.ReadAllAsync(ended))
            {
                if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is { Ticks: > 0 } early)
                {
                    await Task.Delay(early, ended);
                }

                await WaitUntilOpenAsync(ended);
                await to.SendAsync(bytes, ended);
            }
        }
        catch (Exception e) when (IsTheEnd(e))
        {
            // the end
        }
    }

    private async Task WaitUntilOpenAsync(CancellationToken ended)
    {
        while (proxy.Carriage == Carriage.HalfOpen && !_isBroken)
        {
            await Task.Delay(Look, ended);
        }
    }

    private static bool IsTheEnd(Exception e) => e is SocketException or OperationCanceledException or ObjectDisposedException;
}
