namespace WsCluster.Tests.Unit.DotnetClient;

using WsCluster.Client;
using WsCluster.Client.Connections;

/// <summary>Which ends of a connection lead to another one, and when.</summary>
public sealed class ConnectTests
{
    [Fact]
    public void Backoff_ManyAttempts_DrawsBelowACeilingThatDoubles()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(20), new Half());
        var delays = Enumerable.Range(0, 8).Select(_ => backoff.Next().TotalSeconds).ToArray();
        Assert.Equal([0.25, 0.5, 1, 2, 4, 8, 10, 10], delays);
        backoff.Reset();
        Assert.Equal(0.25, backoff.Next().TotalSeconds);
    }

    [Fact]
    public async Task Connect_ServerAway_TriesAgainUntilItIsThere()
    {
        await using var test = new ClientUnderTest();
        test.Server.IsAway = true;
        var connecting = test.Client.ConnectAsync();
        await test.PassTimeUntilAsync("five attempts", () => test.Server.Attempts >= 5);
        Assert.Equal(ClientState.Connecting, test.Client.State);
        Assert.All(test.Errors, e => Assert.Equal(ClientErrorCode.TransportClosed, Assert.IsType<WsClusterClientException>(e).Code));

        test.Server.IsAway = false;
        await test.ReconnectedAsync("""{"client":"c1","data":{"a":1}}""");
        await Wait.ForAsync("connecting", connecting);
        Assert.Equal([ClientState.Connecting, ClientState.Connected], test.Changes.Select(c => c.State));
        Assert.Equal("c1", test.Changes.Last().ClientId);
    }

    [Theory]
    [InlineData(1006, ConnectingCode.TransportClosed)]
    [InlineData(3001, 3001)]
    [InlineData(3012, 3012)]
    [InlineData(4000, 4000)]
    [InlineData(4499, 4499)]
    [InlineData(5000, 5000)]
    public async Task Close_WithACodeThatAllowsIt_Reconnects(int code, int expected)
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        transport.Close(code);
        await test.ReconnectedAsync();
        Assert.Equal(
            [(ClientState.Connecting, 0), (ClientState.Connected, 0), (ClientState.Connecting, expected), (ClientState.Connected, 0)],
            test.Changes.Select(c => (c.State, c.Code)));
        Assert.True(transport.IsDisposed);
    }

    [Theory]
    [InlineData(1009, DisconnectedCode.MessageSizeLimit)]
    [InlineData(3500, 3500)]
    [InlineData(3999, 3999)]
    [InlineData(4500, 4500)]
    [InlineData(4999, 4999)]
    public async Task Close_WithATerminalCode_IsTheEnd(int code, int expected)
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        var subscription = await test.SubscribeAsync(transport, "news");
        var reading = ReadAllAsync(subscription);
        transport.Close(code);

        await Wait.UntilAsync("disconnected", () => test.Client.State == ClientState.Disconnected);
        Assert.Equal(expected, test.Changes.Last().Code);
        Assert.Equal(expected, (await Assert.ThrowsAsync<WsClusterClientException>(() => reading)).Code);
        var call = await Assert.ThrowsAsync<WsClusterClientException>(() => test.Client.PublishAsync("news", "1"u8.ToArray()));
        Assert.Equal(ClientErrorCode.ClientDisconnected, call.Code);
        Assert.Equal(1, test.Server.Attempts);

        await test.ConnectAsync(); // the application may try again
        Assert.Equal(ClientState.Connected, test.Client.State);
    }

    [Fact]
    public async Task Connect_RefusedForGood_Throws()
    {
        await using var test = new ClientUnderTest();
        var connecting = test.Client.ConnectAsync();
        var transport = await test.Server.OpenedAsync();
        transport.Refuse(await transport.CommandAsync("connect"), 101);
        Assert.Equal(101, (await Assert.ThrowsAsync<WsClusterClientException>(() => connecting)).Code);
        Assert.Equal(ClientState.Disconnected, test.Client.State);
    }

    [Fact]
    public async Task Connect_RefusedForNow_TriesAgain()
    {
        await using var test = new ClientUnderTest();
        var connecting = test.Client.ConnectAsync();
        var transport = await test.Server.OpenedAsync();
        transport.Refuse(await transport.CommandAsync("connect"), 100, temporary: true);
        await test.ReconnectedAsync();
        await Wait.ForAsync("connecting", connecting);
    }

    [Fact]
    public async Task Connect_NoAnswer_TriesAgain()
    {
        await using var test = new ClientUnderTest();
        var connecting = test.Client.ConnectAsync();
        await (await test.Server.OpenedAsync()).CommandAsync("connect");
        await test.ReconnectedAsync();
        await Wait.ForAsync("connecting", connecting);
    }

    [Fact]
    public async Task Ping_IsAnsweredWhenAskedFor_AndMissedOnesEndTheConnection()
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync("""{"ping":25,"pong":true}""");
        transport.Frame("{}");
        await transport.CommandAsync(null);
        test.Clock.Advance(TimeSpan.FromSeconds(30));
        transport.Frame("{}");
        await transport.CommandAsync(null);
        test.Clock.Advance(TimeSpan.FromSeconds(30)); // 30 s after the last, less than 25 + 10
        Assert.Equal(ClientState.Connected, test.Client.State);

        await test.PassTimeUntilAsync("the end", () => test.Client.State == ClientState.Connecting);
        Assert.Equal(ConnectingCode.NoPing, test.Changes.Last().Code);
    }

    [Fact]
    public async Task Frame_ThatIsNotTheProtocol_IsTheEnd()
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        transport.Frame("""{"id":""");
        await Wait.UntilAsync("disconnected", () => test.Client.State == ClientState.Disconnected);
        Assert.Equal(DisconnectedCode.BadProtocol, test.Changes.Last().Code);
    }

    [Fact]
    public async Task Disconnect_WhileConnecting_EndsTheWait()
    {
        await using var test = new ClientUnderTest();
        test.Server.IsAway = true;
        var connecting = test.Client.ConnectAsync();
        await test.Client.DisconnectAsync();
        await Assert.ThrowsAsync<WsClusterClientException>(() => connecting);
        Assert.Equal(ClientState.Disconnected, test.Client.State);
    }

    private static async Task ReadAllAsync(Subscription subscription)
    {
        await foreach (var _ in subscription.ReadAllAsync())
        {
        }
    }

    private sealed class Half : Random
    {
        public override double NextDouble() => 0.5;
    }
}
