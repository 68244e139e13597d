using WsCluster.Tests.Hostile.Harness;

namespace WsCluster.Tests.Hostile.Handshake;

/// <summary>Peers that take their time: each is dropped when StaleTimeout is over, whatever it sends meanwhile, or never sends.</summary>
public sealed class SlowPeerTests(HostileGateway gateway) : HostileTest(gateway)
{
    [Fact]
    public async Task Peers_ThatNeverConnect_AreDropped() => await Task.WhenAll(
        DroppedAsync(""),
        DroppedAsync("G"),
        DroppedAsync("GET /connection/websocket HTTP/1.1\r\n"),
        DroppedAsync($"GET /connection/websocket HTTP/1.1\r\nHost: {Gateway.Address.Authority}\r\nX-A: "),
        DroppedAsync("GET /health/live HTTP/1.1\r\nHost: a\r\n"),
        DroppedAsync("POST /api/publish HTTP/1.1\r\nHost: a\r\n"),
        DrippedAsync($"GET /connection/websocket HTTP/1.1\r\nHost: {Gateway.Address.Authority}\r\n", "X-A: b\r\n"),
        DrippedAsync("POST /api/publish HTTP/1.1\r\nHost: a\r\n", "X-A: b\r\n"),
        StaleAsync([]),
        StaleAsync(Frame.Of(Frame.TextOpcode, "{\"id\":1,"u8, final: false)), // a message without an end
        StaleAsync(Frame.Of(Frame.TextOpcode, "{}"u8)[..3])); // a frame without an end

    /// <summary>Sends this and no more.</summary>
    private async Task DroppedAsync(string bytes)
    {
        using var peer = await Peer.OpenAsync(Gateway);
        await peer.SendAsync(bytes);
        AssertNoUpgrade(await peer.ReadToEndAsync());
    }

    /// <summary>Goes on sending headers, and never ends them.</summary>
    private async Task DrippedAsync(string begin, string header)
    {
        using var peer = await Peer.OpenAsync(Gateway);
        await peer.SendAsync(begin);
        var ended = peer.ReadToEndAsync();
        while (await Task.WhenAny(ended, Task.Delay(100)) != ended)
        {
            await peer.SendAsync(header);
        }

        AssertNoUpgrade(await ended);
    }

    /// <summary>Opens a WebSocket and never connects on it.</summary>
    private async Task StaleAsync(byte[] bytes)
    {
        const int Stale = 3502;
        using var peer = await Peer.UpgradeAsync(Gateway);
        await peer.SendAsync(bytes);
        Assert.Equal(Stale, await peer.ReadCloseAsync());
    }

    private static void AssertNoUpgrade(string answer) =>
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal), answer);
}
