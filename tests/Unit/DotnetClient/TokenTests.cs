namespace WsCluster.Tests.Unit.DotnetClient;

using WsCluster.Client;

/// <summary>Tokens of connections and subscriptions: first ones, expired ones, refreshed ones.</summary>
public sealed class TokenTests
{
    private int _issued;

    [Fact]
    public async Task Connect_TokenExpired_GetsAnother()
    {
        await using var test = new ClientUnderTest(o => o with { Token = "old", GetToken = NextAsync });
        var connecting = test.Client.ConnectAsync();
        var transport = await test.Server.OpenedAsync();
        var command = await transport.CommandAsync("connect");
        Assert.Equal("old", (string?)command["connect"]!["token"]);
        transport.Refuse(command, 109);

        var next = test.Server.OpenedAsync();
        await test.PassTimeUntilAsync("the next attempt", () => next.IsCompleted);
        transport = await next;
        command = await transport.CommandAsync("connect");
        Assert.Equal("token 1", (string?)command["connect"]!["token"]);
        transport.Answer(command, "connect");
        await Wait.ForAsync("connecting", connecting);
    }

    [Fact]
    public async Task Connect_TokenExpiredAndNoOther_IsTheEnd()
    {
        await using var test = new ClientUnderTest(o => o with { Token = "old" });
        var connecting = test.Client.ConnectAsync();
        var transport = await test.Server.OpenedAsync();
        transport.Refuse(await transport.CommandAsync("connect"), 109);
        Assert.Equal(109, (await Assert.ThrowsAsync<WsClusterClientException>(() => connecting)).Code);
    }

    [Fact]
    public async Task Connect_CallbackGivesNothing_IsTheEnd()
    {
        await using var test = new ClientUnderTest(o => o with { GetToken = _ => Task.FromResult<string?>(null) });
        var failure = await Assert.ThrowsAsync<WsClusterClientException>(() => test.Client.ConnectAsync());
        Assert.Equal(DisconnectedCode.Unauthorized, failure.Code);
        Assert.Equal(0, test.Server.Attempts);
    }

    [Fact]
    public async Task Connect_CallbackFails_AsksAgain()
    {
        await using var test = new ClientUnderTest(o => o with
        {
            GetToken = stop => Interlocked.Increment(ref _issued) == 1 ? throw new IOException("not now") : Task.FromResult<string?>("token"),
        });
        var connecting = test.Client.ConnectAsync();
        await test.ReconnectedAsync();
        await Wait.ForAsync("connecting", connecting);
        Assert.Equal(ClientErrorCode.Token, Assert.IsType<WsClusterClientException>(Assert.Single(test.Errors)).Code);
    }

    [Fact]
    public async Task Disconnect_CallbackNeverAnswers_IsNotHeldUp()
    {
        await using var test = new ClientUnderTest(o => o with { GetToken = _ => new TaskCompletionSource<string?>().Task });
        var connecting = test.Client.ConnectAsync();
        await Wait.ForAsync("disconnecting", test.Client.DisconnectAsync());
        await Assert.ThrowsAsync<WsClusterClientException>(() => connecting);
    }

    [Fact]
    public async Task Connection_AboutToExpire_IsRefreshed()
    {
        await using var test = new ClientUnderTest(o => o with { Token = "first", GetToken = NextAsync });
        var transport = await test.ConnectAsync("""{"expires":true,"ttl":60}""");
        var command = await NextCommandAsync(test, transport, "refresh");
        Assert.Equal("token 1", (string?)command["refresh"]!["token"]);
        transport.Refuse(command, 100, temporary: true);

        command = await NextCommandAsync(test, transport, "refresh");
        Assert.Equal("token 2", (string?)command["refresh"]!["token"]);
        transport.Answer(command, "refresh", """{"expires":true,"ttl":60}""");

        command = await NextCommandAsync(test, transport, "refresh");
        transport.Refuse(command, 103);
        await Wait.UntilAsync("the end", () => test.Client.State == ClientState.Disconnected);
        Assert.Equal(103, test.Changes.Last().Code);
        Assert.Equal(1, test.Server.Attempts);
    }

    [Fact]
    public async Task Subscription_TokenExpired_GetsAnother_AndIsRefreshed()
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        var subscription = test.Client.NewSubscription("private", new SubscriptionOptions
        {
            GetToken = (channel, stop) =>
            {
                Assert.Equal("private", channel);
                return NextAsync(stop);
            },
        });
        var errors = new List<Exception>();
        subscription.Error += (_, e) => errors.Add(e);
        var subscribing = subscription.SubscribeAsync();
        var command = await transport.CommandAsync("subscribe");
        Assert.Equal("token 1", (string?)command["subscribe"]!["token"]);
        transport.Refuse(command, 109);
        command = await NextCommandAsync(test, transport, "subscribe");
        Assert.Equal("token 2", (string?)command["subscribe"]!["token"]);
        transport.Answer(command, "subscribe", """{"expires":true,"ttl":10}""");
        await Wait.ForAsync("subscribing", subscribing);
        Assert.Equal(109, Assert.IsType<WsClusterClientException>(Assert.Single(errors)).Code);

        command = await NextCommandAsync(test, transport, "sub_refresh");
        Assert.Equal("token 3", (string?)command["sub_refresh"]!["token"]);
        transport.Answer(command, "sub_refresh", """{"expires":true,"ttl":10}""");
        command = await NextCommandAsync(test, transport, "sub_refresh");
        transport.Refuse(command, 110);
        await Wait.UntilAsync("the end of the subscription", () => subscription.State == SubscriptionState.Unsubscribed);
        Assert.Equal(ClientState.Connected, test.Client.State);
    }

    private Task<string?> NextAsync(CancellationToken stop) => Task.FromResult<string?>($"token {Interlocked.Increment(ref _issued)}");

    private static async Task<System.Text.Json.Nodes.JsonNode> NextCommandAsync(ClientUnderTest test, FakeTransport transport, string kind)
    {
        var next = transport.CommandAsync(kind);
        await test.PassTimeUntilAsync(kind, () => next.IsCompleted, step: 1);
        return await next;
    }
}
