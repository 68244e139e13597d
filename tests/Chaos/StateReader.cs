using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using WsCluster.Tests.Chaos.Check;
using WsCluster.Tests.Chaos.Load;
using WsCluster.Tests.ChaosSilo;

namespace WsCluster.Tests.Chaos;

/// <summary>Subscribes to channels with a state as somebody who was never there, and goes again.</summary>
internal sealed class StateReader(Balancer balancer)
{
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Reads every channel's state, trying again while a fault is being overcome.</summary>
    public async Task<IReadOnlyList<StateReading>> ReadAsync(IReadOnlyList<string> channels)
    {
        using var patience = new CancellationTokenSource(Patience.ForScenario);
        var trouble = "no gateway is ready";
        while (!patience.IsCancellationRequested)
        {
            if (balancer.Next() is { } gateway)
            {
                try
                {
                    return await TryReadAsync(gateway, channels);
                }
                catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or InvalidDataException or JsonException)
                {
                    trouble = e.Message;
                }
            }

            await Task.Delay(200);
        }

        throw new TimeoutException($"The channels' states cannot be read: {trouble}");
    }

    private static async Task<IReadOnlyList<StateReading>> TryReadAsync(Uri gateway, IReadOnlyList<string> channels)
    {
        using var timeout = new CancellationTokenSource(AttemptTimeout);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(gateway) { Scheme = "ws", Path = "/connection/websocket" }.Uri, timeout.Token);
        var commands = channels.Select((channel, i) => $$$"""{"id":{{{i + 2}}},"subscribe":{"channel":"{{{channel}}}"}}""").Prepend("""{"id":1,"connect":{}}""");
        await socket.SendAsync(Encoding.UTF8.GetBytes(string.Join('\n', commands)), WebSocketMessageType.Text, true, timeout.Token);
        var readings = new Dictionary<int, StateReading>();
        while (readings.Count < channels.Count)
        {
            foreach (var line in (await ReceiveAsync(socket, timeout.Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                using var message = JsonDocument.Parse(line);
                if (message.RootElement.TryGetProperty("id", out var id) && id.GetInt32() > 1)
                {
                    readings[id.GetInt32()] = Read(channels[id.GetInt32() - 2], message.RootElement);
                }
            }
        }

        return [.. readings.Values];
    }

    private static StateReading Read(string channel, JsonElement reply)
    {
        if (!reply.TryGetProperty("subscribe", out var result))
        {
            throw new InvalidDataException($"{channel}: {reply}");
        }

        var offset = result.TryGetProperty("offset", out var given) ? given.GetUInt64() : 0;
        return new StateReading(channel, result.GetProperty("epoch").GetString()!, offset, result.GetProperty("data").Deserialize<Tally>(JsonSerializerOptions.Web)!);
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var message = new ArrayBufferWriter<byte>();
        while (true)
        {
            var part = await socket.ReceiveAsync(message.GetMemory(64 * 1024), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                throw new InvalidDataException($"closed with {socket.CloseStatus}");
            }

            message.Advance(part.Count);
            if (part.EndOfMessage)
            {
                return Encoding.UTF8.GetString(message.WrittenSpan);
            }
        }
    }
}
