using System.Text;
using Google.Protobuf;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Configuration;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Proxies;
using WsCluster.Tests.Unit.Connections;

namespace WsCluster.Tests.Unit.Proxies;

/// <summary>Questions to the application over HTTP (protocol §23).</summary>
public sealed class ProxyTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_000_000));
    private readonly DeadlineClock _clock;
    private readonly Connection _connection;
    private ApplicationServer _application = null!;
    private ServiceProvider? _services;

    public ProxyTests()
    {
        _clock = new DeadlineClock(_time, NullLogger<DeadlineClock>.Instance);
        _connection = new Connection(new RecordingTransport(), ProtocolCodecs.Json, new GatewayOptions { PingInterval = TimeSpan.Zero }, _clock)
        {
            HttpHeaders = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Cookie"] = "real", ["X-Other"] = "no" },
            EmulatedHeaders = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["cookie"] = "said", ["X-Said"] = "yes" },
        };
    }

    public async ValueTask InitializeAsync() => _application = await ApplicationServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }

        _clock.Dispose();
    }

    [Fact]
    public async Task Connect_Answer_IsTheClientsIdentity()
    {
        _application.Says("""{"result":{"user":"7","expire_at":1000060,"info":{"n":1},"data":"hi","channels":["a"],"subs":{"b":{"data":1}},"meta":{"m":2}}}""");

        var answer = await Get<ConnectionProxy>().ConnectAsync(
            _connection,
            new ConnectRequest { Name = "js", Version = "1", Data = ByteString.CopyFromUtf8("""{"d":1}"""), Subs = { ["x"] = new SubscribeRequest() } });

        var identity = answer.Identity!;
        Assert.Equal(("7", _time.GetUtcNow().AddSeconds(60)), (identity.User, identity.ExpireAt));
        Assert.Equal(("""{"n":1}""", """{"m":2}""", "\"hi\""), (Text(identity.Info), Text(identity.Meta), Text(answer.Data)));
        Assert.Equal(["b"], answer.Channels.Keys);
        var (path, body, headers) = Assert.Single(_application.Asked);
        Assert.Equal("connect", path);
        Assert.Equal(
            $$"""{"client":"{{_connection.Id}}","transport":"recording","protocol":"json","encoding":"json","name":"js","version":"1","data":{"d":1},"channels":["x"]}""",
            body.ToJsonString());
        Assert.Equal(("real", "yes", ""), (headers["Cookie"].ToString(), headers["X-Said"].ToString(), headers["X-Other"].ToString()));
    }

    [Fact]
    public async Task Connect_NoResult_IsNobody()
    {
        _application.Says("{}");

        var answer = await Get<ConnectionProxy>().ConnectAsync(_connection, new ConnectRequest());

        Assert.Null(answer.Identity);
        Assert.Null(answer.Denial);
    }

    [Theory]
    [InlineData("""{"error":{"code":1000,"message":"custom","temporary":true}}""", 1000, "custom", true)]
    [InlineData("""{"disconnect":{"code":4500,"reason":"go"},"error":{"code":103}}""", 4500, "go", false)]
    [InlineData("""{"error":{"code":103,"message":"permission denied"},"result":{}}""", 103, "permission denied", false)]
    public async Task Ask_Denial_IsPassedOn(string body, int code, string reason, bool temporary)
    {
        _application.Says(body);

        var denial = (await Get<ConnectionProxy>().ConnectAsync(_connection, new ConnectRequest())).Denial!;

        Assert.Equal((code, reason, temporary), (denial.Code, denial.Reason, denial.IsTemporary));
    }

    [Theory]
    [InlineData(200, "not json")]
    [InlineData(200, "[]")]
    [InlineData(200, """{"result":[]}""")]
    [InlineData(200, """{"error":{"code":99}}""")]
    [InlineData(200, """{"error":{"code":"x"}}""")]
    [InlineData(200, """{"disconnect":{"code":1000}}""")]
    [InlineData(200, """{"result":{"user":7}}""")]
    [InlineData(302, "{}")]
    [InlineData(404, "{}")]
    public async Task Ask_UnusableAnswer_IsATemporaryError(int status, string body)
    {
        _application.Says(body, status);

        var refused = await Assert.ThrowsAsync<WsClusterException>(() => Get<ConnectionProxy>().ConnectAsync(_connection, new ConnectRequest()));

        Assert.Equal(ErrorCode.Internal, refused.Code);
        Assert.Single(_application.Asked);
    }

    [Fact]
    public async Task Ask_ServerError_IsRepeatedForQuestionsOnly()
    {
        _application.Says("{}", 500);

        await Assert.ThrowsAsync<WsClusterException>(() => Get<ChannelProxy>().MaySubscribeAsync(_connection, "c", []));
        Assert.Equal(3, _application.Asked.Count);
        await Assert.ThrowsAsync<WsClusterException>(() => Get<ChannelProxy>().MayPublishAsync(_connection, "c", "1"u8.ToArray(), isSubscribed: false));
        await Assert.ThrowsAsync<WsClusterException>(() => Get<RpcProxy>().CallAsync(_connection, new RpcRequest()));
        Assert.Equal(5, _application.Asked.Count);
    }

    [Fact]
    public async Task Ask_NoAnswerInTime_IsATemporaryError()
    {
        var never = new TaskCompletionSource<(int, string)>();
        _application.Answer = _ => never.Task;

        var refused = await Assert.ThrowsAsync<WsClusterException>(
            () => Get<RpcProxy>(("Timeout", "00:00:00.050")).CallAsync(_connection, new RpcRequest { Method = "m" }));

        Assert.Equal(ErrorCode.Internal, refused.Code);
        never.SetResult((200, "{}"));
    }

    [Fact]
    public async Task Ask_MoreThanMayWait_IsRefusedAtOnce()
    {
        var gate = new TaskCompletionSource<(int, string)>();
        _application.Answer = _ => gate.Task;
        var proxy = Get<RpcProxy>(("MaxConcurrency", "2"), ("MaxWaiting", "1"), ("Timeout", "00:00:30"));
        var calls = Enumerable.Range(0, 3).Select(_ => proxy.CallAsync(_connection, new RpcRequest())).ToArray();
        await Wait.UntilAsync("two questions", () => _application.Asked.Count == 2);

        var refused = await Assert.ThrowsAsync<WsClusterException>(() => proxy.CallAsync(_connection, new RpcRequest()));

        Assert.Equal(ErrorCode.TooManyRequests, refused.Code);
        gate.SetResult((200, """{"result":{"data":1}}"""));
        Assert.All(await Task.WhenAll(calls), answer => Assert.Equal("1", Text(answer.Data)));
    }

    [Fact]
    public async Task Subscribe_Answer_SaysHow()
    {
        _connection.Authenticated(new ClientIdentity { User = "7", Meta = [.. """{"m":1}"""u8] });
        _application.Says("""{"result":{"expire_at":1000060,"info":{"i":1},"data":2,"override":{"presence":{"value":true}}}}""");

        var decision = await Get<ChannelProxy>(("IncludeMeta", "true")).MaySubscribeAsync(_connection, "chat:1", "{\"x\":1}"u8.ToArray());

        Assert.Null(decision.Denial);
        Assert.Equal(_time.GetUtcNow().AddSeconds(60), decision.Options.ExpireAt);
        Assert.Equal(("""{"i":1}""", "2", true), (Text(decision.Options.ChanInfo), Text(decision.Options.Data), decision.Options.Presence));
        var body = Assert.Single(_application.Asked).Body;
        Assert.Equal(("7", "chat:1", """{"x":1}""", """{"m":1}"""),
            ((string?)body["user"], (string?)body["channel"], body["data"]!.ToJsonString(), body["meta"]!.ToJsonString()));
    }

    [Fact]
    public async Task Subscribe_NoResult_IsANo()
    {
        _application.Says("{}");

        Assert.Equal(103, (await Get<ChannelProxy>().MaySubscribeAsync(_connection, "c", [])).Denial!.Code);
        Assert.Equal(103, (await Get<ChannelProxy>().MayPublishAsync(_connection, "c", [1], isSubscribed: false)).Denial!.Code);
    }

    [Fact]
    public async Task Publish_Answer_MayReplaceWhatIsPublished()
    {
        _application.Says("""{"result":{"data":{"clean":true},"skip_history":true,"tags":{"t":"1"},"idempotency_key":"k","delta":true,"version":3,"version_epoch":"e"}}""");

        var instead = (await Get<ChannelProxy>().MayPublishAsync(_connection, "c", "{\"dirty\":1}"u8.ToArray(), isSubscribed: true)).Instead!;

        Assert.Equal("""{"clean":true}""", Text(instead.Data));
        Assert.Equal((true, "k", true, 3UL, "e", "1"),
            (instead.SkipHistory, instead.IdempotencyKey, instead.Delta, instead.Version, instead.VersionEpoch, instead.Tags!["t"]));

        _application.Says("""{"result":{}}""");
        Assert.Equal([1, 2], (await Get<ChannelProxy>().MayPublishAsync(_connection, "c", [1, 2], isSubscribed: true)).Instead!.Data);
        Assert.Equal("AQI=", (string?)_application.Asked.Last().Body["b64data"]); // no JSON
    }

    [Fact]
    public async Task Refresh_Answer_ExtendsOrEnds()
    {
        var identity = new ClientIdentity { User = "7", Info = [1] };
        _application.Says("""{"result":{"expire_at":1000060}}""");
        var refreshed = await Get<ConnectionProxy>().RefreshAsync(_connection, identity);
        Assert.Equal((_time.GetUtcNow().AddSeconds(60), identity.Info), (refreshed!.ExpireAt, refreshed.Info));

        foreach (var no in new[] { """{"result":{"expired":true}}""", "{}", """{"error":{"code":103}}""" })
        {
            _application.Says(no);
            Assert.Null(await Get<ConnectionProxy>().RefreshAsync(_connection, identity));
        }
    }

    [Fact]
    public async Task ServerSideRefresh_ExpiredConnection_IsAskedAboutAtItsTime()
    {
        _application.Says("""{"result":{"expire_at":1000120}}""");
        var refresh = Get<ServerSideRefresh>();
        _connection.Authenticated(new ClientIdentity { User = "7", ExpireAt = _time.GetUtcNow().AddSeconds(60), ServerSideRefresh = true });
        refresh.Watch(_connection);

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Empty(_application.Asked);
        _time.Advance(TimeSpan.FromSeconds(1.2));
        await Wait.UntilAsync("the connection was extended", () => _connection.Identity!.ExpireAt == DateTimeOffset.FromUnixTimeSeconds(1_000_120));

        _application.Says("""{"result":{"expired":true}}""");
        _time.Advance(TimeSpan.FromSeconds(60));
        await Wait.UntilAsync("the connection was closed", () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(1)); // the next deadline may just be being set
            return _connection.CloseCode == (int)DisconnectCode.Expired;
        });
        Assert.Equal(2, _application.Asked.Count);
    }

    [Theory]
    [InlineData("ConnectUrl", "nonsense")]
    [InlineData("RpcUrl", "ftp://x/y")]
    [InlineData("Timeout", "00:00:00")]
    [InlineData("Retries", "11")]
    public void AddProxies_BadOption_IsRefusedByName(string key, string value)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Get<IOptionsMonitor<ProxyOptions>>((key, value)));

        Assert.Contains(key, refused.Message, StringComparison.Ordinal);
    }

    private static string Text(byte[]? bytes) => Encoding.UTF8.GetString(bytes!);

    private T Get<T>(params (string Key, string Value)[] settings)
        where T : notnull
    {
        _services ??= Build(settings);
        return _services.GetRequiredService<T>();
    }

    private ServiceProvider Build((string Key, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>
        {
            ["WsCluster:Proxy:HttpHeaders:0"] = "cookie",
            ["WsCluster:Proxy:EmulatedHeaders:0"] = "Cookie",
            ["WsCluster:Proxy:EmulatedHeaders:1"] = "X-Said",
            ["WsCluster:Proxy:Timeout"] = "00:00:20",
        };
        foreach (var kind in new[] { "Connect", "Refresh", "Subscribe", "Publish", "SubRefresh", "Rpc" })
        {
            values[$"WsCluster:Proxy:{kind}Url"] = $"{_application.Url}/{kind.ToLowerInvariant()}";
        }

        foreach (var (key, value) in settings)
        {
            values[$"WsCluster:Proxy:{key}"] = value;
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(_time)
            .AddSingleton(_clock)
            .AddChannelNamespaces(configuration)
            .AddProxies(configuration)
            .BuildServiceProvider();
    }
}
