using System.Text;

namespace WsCluster.Tests.Unit.DotnetClient;

using WsCluster.Client;

/// <summary>Calls and their failures.</summary>
public sealed class CallTests
{
    [Fact]
    public async Task Call_NoAnswer_FailsWithTimeout()
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        var call = test.Client.RpcAsync("time", "{}"u8.ToArray());
        await transport.CommandAsync("rpc");
        await test.PassTimeUntilAsync("the timeout", () => call.IsCompleted);
        var failure = await Assert.ThrowsAsync<WsClusterClientException>(() => call);
        Assert.Equal((ClientErrorCode.Timeout, true), (failure.Code, failure.IsTemporary));
    }

    [Fact]
    public async Task Call_ConnectionLost_FailsAndSaysSo()
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        var call = test.Client.PublishAsync("news", "1"u8.ToArray());
        await transport.CommandAsync("publish");
        transport.Close(1006);
        Assert.Equal(ClientErrorCode.TransportClosed, (await Assert.ThrowsAsync<WsClusterClientException>(() => call)).Code);
    }

    [Fact]
    public async Task Call_WhileConnecting_WaitsForTheConnection()
    {
        await using var test = new ClientUnderTest();
        _ = test.Client.ConnectAsync();
        var call = test.Client.PublishAsync("news", "1"u8.ToArray());
        var transport = await test.Server.ConnectedAsync();
        transport.Answer(await transport.CommandAsync("publish"), "publish");
        await Wait.ForAsync("publishing", call);
    }

    [Fact]
    public async Task Call_WhileTheServerIsAway_FailsInTime()
    {
        await using var test = new ClientUnderTest();
        test.Server.IsAway = true;
        var connecting = test.Client.ConnectAsync();
        var call = test.Client.PublishAsync("news", "1"u8.ToArray());
        await test.PassTimeUntilAsync("the timeout", () => call.IsCompleted);
        Assert.False(connecting.IsCompleted);
        Assert.Equal(ClientErrorCode.Timeout, (await Assert.ThrowsAsync<WsClusterClientException>(() => call)).Code);
    }

    [Fact]
    public async Task Call_TooManyUnderWay_FailsAtOnce()
    {
        await using var test = new ClientUnderTest(o => o with { MaxPendingCommands = 2 });
        var transport = await test.ConnectAsync();
        var calls = new[] { test.Client.PublishAsync("news", "1"u8.ToArray()), test.Client.PublishAsync("news", "2"u8.ToArray()) };
        await transport.CommandAsync("publish");
        var second = await transport.CommandAsync("publish");
        var failure = await Assert.ThrowsAsync<WsClusterClientException>(() => test.Client.PublishAsync("news", "3"u8.ToArray()));
        Assert.Equal(ClientErrorCode.TooManyPending, failure.Code);
        transport.Answer(second, "publish");
        await Wait.ForAsync("the second", calls[1]);
    }

    [Fact]
    public async Task Publish_JsonOnSeveralLines_IsSentOnOne()
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        _ = test.Client.PublishAsync("news", Encoding.UTF8.GetBytes("{\n  \"a\": \"Grüße\\n\"\r\n}"));
        var command = await transport.CommandAsync("publish");
        Assert.Equal("Grüße\n", (string?)command["publish"]!["data"]!["a"]);
    }

    [Theory, InlineData("no json"), InlineData(""), InlineData("1 2"), InlineData("{\"a\":1")]
    public async Task Publish_NoJson_IsTheCallersError(string data)
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => test.Client.PublishAsync("news", Encoding.UTF8.GetBytes(data)));
        var next = test.Client.PublishAsync("news", "1"u8.ToArray());
        transport.Answer(await transport.CommandAsync("publish"), "publish");
        await Wait.ForAsync("the next", next);
    }

    [Fact]
    public async Task Handler_Throws_IsReportedAndTheClientGoesOn()
    {
        await using var test = new ClientUnderTest();
        test.Client.StateChanged += (_, _) => throw new InvalidOperationException("a bug");
        test.Client.Error += (_, _) => throw new InvalidOperationException("another");
        var transport = await test.ConnectAsync();
        await test.SubscribeAsync(transport, "news");
        Assert.All(test.Errors, e => Assert.Equal(ClientErrorCode.Handler, Assert.IsType<WsClusterClientException>(e).Code));
        Assert.Equal(2, test.Errors.Count);
    }

    [Fact]
    public async Task Calls_FromManyThreads_AreAnsweredEach()
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        var calls = Enumerable.Range(0, 200).Select(n => Task.Run(async () =>
            (n, Encoding.UTF8.GetString((await test.Client.RpcAsync("echo", Encoding.UTF8.GetBytes($"{n}"))).Span)))).ToArray();
        for (var i = 0; i < calls.Length; i++)
        {
            var command = await transport.CommandAsync("rpc");
            transport.Answer(command, "rpc", $$"""{"data":{{command["rpc"]!["data"]}}}""");
        }

        Assert.All(await Task.WhenAll(calls).WaitAsync(Wait.Limit), call => Assert.Equal($"{call.n}", call.Item2));
    }
}
