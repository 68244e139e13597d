using System.Net;
using System.Net.WebSockets;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.BadInput;

/// <summary>Peers that misbehave below the protocol: they do not read, do not answer, vanish, or are no WebSocket clients.</summary>
[Collection(SharedCluster.Collection)]
public sealed class BadPeerTests(SharedCluster shared) : IAsyncLifetime
{
    private readonly string _channel = $"chat:bad-peer-{Guid.NewGuid():N}";

    private GatewayProcess Gateway => shared.Cluster.Gateways[0];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        foreach (var gateway in shared.Cluster.Gateways)
        {
            gateway.AssertNoErrors();
        }

        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Peer_ThatNeverReads_IsDroppedWhileOthersGetEverything()
    {
        using var api = new ServerApi(Gateway);
        await using var reader = await SubscribedAsync();
        using var deaf = await RawSocket.ConnectAsync(Gateway, ConnectAndSubscribe());
        await Patience.UntilAsync("both to be present", async () => await api.CountAsync(_channel) == 2);
        var before = Gateway.Process.ResidentBytes();

        // 64 MB for a peer whose queue holds 1 MB, which is more than all the buffers of both kernels' sockets.
        const int Count = 1100;
        // The publisher stays at most eight messages ahead of the peer that reads, which is then never slow itself.
        var data = new string('x', 60_000);
        using var ahead = new SemaphoreSlim(8);
        var reading = Task.Run(async () =>
        {
            for (var n = 1; n <= Count; n++)
            {
                Assert.Equal((ulong)n, (ulong)(await reader.PublicationAsync())["offset"]!);
                ahead.Release();
            }
        });
        for (var n = 0; n < Count; n++)
        {
            await Task.WhenAny(ahead.WaitAsync(), reading); // a reader that failed must not leave the publisher waiting
            await api.CallAsync("publish", new { channel = _channel, data });
        }

        await reading;
        await Patience.UntilAsync("the deaf peer to be dropped", async () => await api.CountAsync(_channel) == 1);
        Assert.InRange(Gateway.Process.ResidentBytes() - before, long.MinValue, 200_000_000);
    }

    [Fact]
    public async Task Peer_ThatVanishes_LeavesPresence()
    {
        using var api = new ServerApi(Gateway);
        await using var reader = await SubscribedAsync();
        var peer = await RawSocket.ConnectAsync(Gateway, ConnectAndSubscribe());
        await Patience.UntilAsync("both to be present", async () => await api.CountAsync(_channel) == 2);

        peer.Vanish();
        await Patience.UntilAsync("the peer to be gone", async () => await api.CountAsync(_channel) == 1);
        await reader.SendAsync($$$"""{"id":3,"publish":{"channel":"{{{_channel}}}","data":1}}""");
        Assert.Equal(1, (int)(await reader.PublicationAsync())["data"]!);
    }

    [Fact]
    public async Task Peer_PingedByFrames_StaysAsLongAsItAnswers()
    {
        const string ping = "\u0089\0";
        using var peer = await RawSocket.OpenAsync(shared.Impatient);
        peer.Send($"GET /connection/websocket?cf_ws_frame_ping_pong=true HTTP/1.1\r\nHost: {shared.Impatient.Address.Authority}\r\n"
            + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 101 ", peer.ReadUntil("\r\n\r\n"), StringComparison.Ordinal);
        peer.Send(RawSocket.Frame("""{"id":1,"connect":{}}"""u8));
        for (var i = 0; i < 3; i++)
        {
            Assert.DoesNotContain("\"ping\"", peer.ReadUntil(ping), StringComparison.Ordinal); // nor in the connect reply
            peer.Send([0x8A, 0x80, 0, 0, 0, 0]);
        }

        peer.ReadUntil(ping);
        peer.ReadUntil("no pong"); // said with code 3012
    }

    [Fact]
    public async Task Peer_ThatDoesNotAnswerPings_IsClosedAndLeavesPresence()
    {
        using var api = new ServerApi(Gateway);
        await using var peer = await WireClient.OpenAsync(shared.Impatient);
        peer.Pong = null;
        await peer.SendAsync(ConnectAndSubscribe());
        Assert.True((bool)(await peer.ReplyAsync(1))["connect"]!["pong"]!);
        Assert.NotNull((await peer.ReplyAsync(2))["subscribe"]);
        Assert.Equal((3012, "no pong"), await peer.CloseAsync());
        await Patience.UntilAsync("the peer to be gone", async () => await api.CountAsync(_channel) == 0);
    }

    [Fact]
    public async Task Peer_ThatAnswersAPingTwice_IsClosed()
    {
        await using var peer = await WireClient.OpenAsync(shared.Impatient);
        await peer.SendAsync("""{"id":1,"connect":{}}""");
        Assert.NotNull((await peer.ReplyAsync(1))["connect"]);
        peer.Pong = "{}\n{}";
        var closed = await Assert.ThrowsAsync<InvalidOperationException>(peer.ReceiveAsync);
        Assert.Contains("3501 bad request", closed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Peer_ThatNeverConnects_IsClosed()
    {
        await using var peer = await WireClient.OpenAsync(shared.Impatient);
        Assert.Equal((3502, "stale"), await peer.CloseAsync());
    }

    [Fact]
    public async Task Request_WithoutUpgrade_IsRefused()
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(Gateway.Address, "/connection/websocket"));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("This address speaks WebSocket only.", await response.Content.ReadAsStringAsync());
        using var unknown = await http.GetAsync(new Uri(Gateway.Address, "/no/such/page"));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Handshake_FromAnOriginThatIsNotAllowed_IsRefused()
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Origin", "https://elsewhere.example");
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Gateway.WebSocketAddress, CancellationToken.None));
        Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
    }

    [Theory]
    [InlineData("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n")] // no key
    [InlineData("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: short\r\nSec-WebSocket-Version: 13\r\n")]
    [InlineData("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 8\r\n")]
    public async Task Handshake_Wrong_IsRefused(string headers)
    {
        using var raw = await RawSocket.OpenAsync(Gateway);
        raw.Send($"GET /connection/websocket HTTP/1.1\r\nHost: {Gateway.Address.Authority}\r\n{headers}\r\n");
        Assert.StartsWith("HTTP/1.1 4", raw.ReadUntil("\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\0\0\0\0\r\n\r\n")]
    [InlineData("GET\r\n\r\n")]
    [InlineData("GET /connection/websocket HTTP/9.9\r\n\r\n")]
    public async Task Peer_ThatDoesNotSpeakHttp_IsDropped(string bytes)
    {
        using var raw = await RawSocket.OpenAsync(Gateway);
        raw.Send(bytes);
        var answer = raw.ReadToEnd();
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) || answer.StartsWith("HTTP/1.1 505", StringComparison.Ordinal), answer);
    }

    [Fact]
    public async Task Peer_ThatSendsAnUnmaskedFrame_IsClosed()
    {
        using var raw = await RawSocket.ConnectAsync(Gateway, ConnectAndSubscribe());
        raw.Send([0x81, 0x02, (byte)'{', (byte)'}']);
        raw.ReadToEnd(); // ends: the gateway closed
    }

    private string ConnectAndSubscribe() =>
        "{\"id\":1,\"connect\":{}}\n" + $$$"""{"id":2,"subscribe":{"channel":"{{{_channel}}}"}}""";

    private async Task<WireClient> SubscribedAsync()
    {
        var client = await WireClient.OpenAsync(Gateway);
        await client.SendAsync(ConnectAndSubscribe());
        Assert.NotNull((await client.ReplyAsync(2))["subscribe"]);
        return client;
    }
}
