using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace WsCluster.Tests.EndToEnd.Harness;

/// <summary>A client without an SDK's manners: sends the frames it is given, right or wrong.</summary>
internal sealed class WireClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket;
    private readonly Queue<JsonNode> _inbox = new();
    private readonly CancellationTokenSource _patience;

    private WireClient(ClientWebSocket socket, TimeSpan patience)
    {
        _socket = socket;
        _patience = new CancellationTokenSource(patience);
    }

    /// <summary>What pings are answered with; null: nothing.</summary>
    public string? Pong { get; set; } = "{}";

    /// <summary>Opens the transport and sends nothing yet. It waits for frames for its lifetime, by default as long as a scenario takes.</summary>
    public static async Task<WireClient> OpenAsync(
        GatewayProcess gateway, bool protobuf = false, TimeSpan? lifetime = null, string? path = null)
    {
        var socket = new ClientWebSocket();
        if (protobuf)
        {
            socket.Options.AddSubProtocol("centrifuge-protobuf");
        }

        using var patience = new CancellationTokenSource(Patience.ForEvent);
        await socket.ConnectAsync(path is null ? gateway.WebSocketAddress : new Uri(gateway.WebSocketAddress, path), patience.Token);
        return new WireClient(socket, lifetime ?? Patience.ForScenario);
    }

    /// <summary>Opens a JSON connection and connects it without a token.</summary>
    public static async Task<WireClient> ConnectAsync(GatewayProcess gateway, TimeSpan? lifetime = null)
    {
        var client = await OpenAsync(gateway, lifetime: lifetime);
        await client.SendAsync("""{"id":1,"connect":{}}""");
        Assert.NotNull((await client.ReplyAsync(1))["connect"]);
        return client;
    }

    public Task SendAsync(string frame) => SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text);

    public Task SendAsync(byte[] frame) => SendAsync(frame, WebSocketMessageType.Binary);

    /// <summary>The next reply or push; pings are answered on the way.</summary>
    public async Task<JsonNode> ReceiveAsync()
    {
        while (_inbox.Count == 0)
        {
            var frame = await ReceiveFrameAsync()
                ?? throw new InvalidOperationException($"The connection was closed: {_socket.CloseStatus} {_socket.CloseStatusDescription}");
            foreach (var line in Encoding.UTF8.GetString(frame).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                if (line != "{}")
                {
                    _inbox.Enqueue(JsonNode.Parse(line)!);
                }
                else if (Pong is not null)
                {
                    await SendAsync(Pong);
                }
            }
        }

        return _inbox.Dequeue();
    }

    /// <summary>The reply to that command; pushes before it are dropped.</summary>
    public async Task<JsonNode> ReplyAsync(int id)
    {
        while (true)
        {
            var message = await ReceiveAsync();
            if ((int?)message["id"] == id)
            {
                return message;
            }
        }
    }

    /// <summary>The code of the error in the reply to that command.</summary>
    public async Task<ErrorCode> ErrorAsync(int id) => (ErrorCode)(int)(await ReplyAsync(id))["error"]!["code"]!;

    /// <summary>The next publication.</summary>
    public async Task<JsonNode> PublicationAsync()
    {
        while (true)
        {
            if ((await ReceiveAsync())["push"]?["pub"] is { } publication)
            {
                return publication;
            }
        }
    }

    /// <summary>The next whole frame, or null after the close frame.</summary>
    public async Task<byte[]?> ReceiveFrameAsync()
    {
        using var frame = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer.AsMemory(), _patience.Token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            frame.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return frame.ToArray();
            }
        }
    }

    /// <summary>Reads on until the server closes; answers no ping. Returns the close code and its reason.</summary>
    public async Task<(int Code, string Reason)> CloseAsync()
    {
        while (await ReceiveFrameAsync() is not null)
        {
        }

        return ((int)_socket.CloseStatus!, _socket.CloseStatusDescription ?? "");
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _patience.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task SendAsync(byte[] frame, WebSocketMessageType type) =>
        _socket.SendAsync(frame, type, endOfMessage: true, _patience.Token);
}
