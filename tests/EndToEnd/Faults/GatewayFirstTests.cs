using System.Net;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Faults;

/// <summary>A gateway that is there before its cluster, and one that is full.</summary>
public sealed class GatewayFirstTests
{
    [Fact]
    public async Task Start_NoSilo_ListensAndJoinsWhenThereIsOne()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 0, gateways: 0);
        var gateway = await cluster.StartListeningGatewayAsync();

        Assert.False(await Health.IsReadyAsync(gateway.Address));
        await using (var early = await WireClient.OpenAsync(gateway))
        {
            await early.SendAsync("""{"id":1,"connect":{}}""");
            var error = (await early.ReplyAsync(1))["error"]!;
            Assert.Equal((100, true), ((int)error["code"]!, (bool)error["temporary"]!));
        }

        await cluster.StartSiloAsync();
        await gateway.Process.WaitUntilAsync("it was ready", () => Health.IsReadyAsync(gateway.Address));
        await using var client = await WireClient.ConnectAsync(gateway);
        await client.SendAsync("""{"id":2,"subscribe":{"channel":"chat:room"}}""");
        Assert.NotNull((await client.ReplyAsync(2))["subscribe"]);
        gateway.AssertNoErrors();
        Assert.Equal(0, await gateway.Process.StopAsync());
    }

    [Fact]
    public async Task Stop_NoSiloYet_EndsAtOnce()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 0, gateways: 0);
        var gateway = await cluster.StartListeningGatewayAsync();

        Assert.Equal(0, await gateway.Process.StopAsync());
    }

    [Fact]
    public async Task Connect_GatewayIsFull_IsRefusedUntilSomeoneLeaves()
    {
        await using var gateway = await GatewayProcess.StartEmbeddedAsync("WsCluster:Gateway:MaxConnections=1");
        await using (await WireClient.ConnectAsync(gateway))
        {
            using var second = await RawSocket.OpenAsync(gateway);
            second.Send($"GET /connection/websocket HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n");
            Assert.StartsWith($"HTTP/1.1 {(int)HttpStatusCode.ServiceUnavailable} ", second.ReadUntil("\r\n\r\n"), StringComparison.Ordinal);
        }

        await gateway.Process.WaitUntilAsync("there was room again", async () =>
        {
            try
            {
                await using var third = await WireClient.ConnectAsync(gateway);
                return true;
            }
            catch (System.Net.WebSockets.WebSocketException)
            {
                return false;
            }
        });
    }
}
