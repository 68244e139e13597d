using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Transports;

/// <summary>The HTTP transports as their bytes and status codes, without an SDK (protocol §24 and §25).</summary>
[Collection(SharedCluster.Collection)]
public sealed class StreamTests(SharedCluster shared)
{
    private const string Connect = """{"id":1,"connect":{}}""";

    private static readonly HttpClient Http = new();

    private GatewayProcess Near => shared.Cluster.Gateways[0];

    private GatewayProcess Far => shared.Cluster.Gateways[1];

    [Theory, InlineData("http_stream", "application/json"), InlineData("sse", "text/event-stream")]
    public async Task Stream_RequestAtTheOtherGateway_IsAnsweredOnTheStream(string kind, string type)
    {
        using var stream = await HttpStream.PostAsync(Near, $"connection/{kind}", Connect);
        var connect = (await stream.NextAsync())!["connect"]!;
        Assert.Equal(type, stream.Response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(["no"], stream.Response.Headers.GetValues("X-Accel-Buffering"));
        Assert.True(stream.Response.Headers.CacheControl!.NoStore);

        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(Far, connect, "{\"id\":2,\"history\":{\"channel\":\"open:none\"}}\n{\"id\":3,\"presence\":{\"channel\":\"closed:x\"}}"));

        Assert.NotNull((await stream.NextAsync())!["history"]);
        Assert.NotNull((await stream.NextAsync())!["error"]);
    }

    [Fact]
    public async Task Stream_Ended_RequestsOfItsSessionAreTakenAndDoNothing()
    {
        JsonNode connect;
        using (var stream = await HttpStream.PostAsync(Near, "connection/http_stream", Connect))
        {
            connect = (await stream.NextAsync())!["connect"]!;
        }

        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(Near, connect, "{}"));
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(Far, connect, "{}"));
    }

    [Fact]
    public async Task Stream_Refused_EndsWithADisconnectPush()
    {
        using var stream = await HttpStream.PostAsync(Near, "connection/http_stream", """{"id":1,"connect":{"token":"nonsense"}}""");

        var disconnect = (await stream.NextAsync())!["push"]!["disconnect"]!;

        Assert.Equal((3500, "invalid token"), ((int)disconnect["code"]!, (string)disconnect["reason"]!));
        Assert.Null(await stream.NextAsync());
    }

    [Theory]
    [InlineData("GET", "connection/http_stream", "", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "connection/sse", "", HttpStatusCode.BadRequest)]
    [InlineData("GET", "emulation", "", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "emulation", "no json", HttpStatusCode.BadRequest)]
    [InlineData("POST", "emulation", """{"node":"n","session":"s","data":"{}"}""", HttpStatusCode.NotFound)]
    public async Task Request_ThatCannotBe_HasItsStatus(string method, string path, string body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Near.Address, path)) { Content = method == "POST" ? new StringContent(body) : null };
        using var response = await Http.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsStringAsync());
    }

    [Theory, InlineData("connection/http_stream", 70_000), InlineData("emulation", 140_000)]
    public async Task Request_TooLong_Is413(string path, int bytes)
    {
        using var response = await Http.PostAsync(new Uri(Near.Address, path), new StringContent(new string(' ', bytes)));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Theory, InlineData("connection/http_stream"), InlineData("connection/sse"), InlineData("emulation")]
    public async Task Preflight_FromAnAllowedPage_Allows(string path)
    {
        var page = $"http://127.0.0.1:{shared.Cluster.PagePort}";
        using var response = await PreflightAsync(path, page);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal([page], response.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Equal(["true"], response.Headers.GetValues("Access-Control-Allow-Credentials"));
        Assert.Equal(["300"], response.Headers.GetValues("Access-Control-Max-Age"));
        Assert.Equal(["content-type"], response.Headers.GetValues("Access-Control-Allow-Headers"));
        Assert.Contains("POST", string.Join(",", response.Headers.GetValues("Access-Control-Allow-Methods")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preflight_FromAnotherPage_IsRefused()
    {
        using var response = await PreflightAsync("emulation", "http://evil.example");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory, InlineData("uni_http_stream"), InlineData("uni_sse")]
    public async Task UniStream_ServerSubscription_GetsBarePushes(string kind)
    {
        var channel = $"open:{kind}-{Guid.NewGuid():N}";
        var token = Tokens.Hmac(new { sub = kind, channels = new[] { channel } });
        using var stream = await HttpStream.PostAsync(Near, $"connection/{kind}", JsonSerializer.Serialize(new { token }));
        var connect = (await stream.NextAsync())!["connect"]!;
        Assert.NotNull(connect["subs"]![channel]);
        Assert.Null(connect["pong"]);

        await PublishAsync(channel, "1");

        var push = (await stream.NextAsync())!;
        Assert.Equal((channel, 1), ((string)push["channel"]!, (int)push["pub"]!["data"]!));
    }

    [Fact]
    public async Task UniStream_NeverAnswersPings_Stays()
    {
        using var stream = await HttpStream.GetAsync(shared.Impatient, "connection/uni_sse");
        Assert.NotNull((await stream.NextAsync())!["connect"]);

        for (var i = 0; i < 3; i++)
        {
            await stream.PingAsync(); // the second comes after a pong would have been overdue
        }
    }

    [Fact]
    public async Task UniStream_ConnectRefused_EndsWithADisconnectPush()
    {
        var token = Tokens.Hmac(new { sub = "late", exp = Tokens.Now(-3600) });
        using var stream = await HttpStream.PostAsync(Near, "connection/uni_http_stream", JsonSerializer.Serialize(new { token }));

        Assert.Equal(3005, (int)(await stream.NextAsync())!["disconnect"]!["code"]!);
        Assert.Null(await stream.NextAsync());
    }

    [Fact]
    public async Task UniWebSocket_ServerSubscription_GetsBarePushes()
    {
        var channel = $"open:uni-ws-{Guid.NewGuid():N}";
        var token = Tokens.Hmac(new { sub = "uni-ws", channels = new[] { channel } });
        await using var client = await WireClient.OpenAsync(Near, path: "/connection/uni_websocket");
        await client.SendAsync(JsonSerializer.Serialize(new { token }));
        Assert.NotNull((await client.ReceiveAsync())["connect"]!["subs"]![channel]);
        await client.SendAsync("""{"id":2,"publish":{"channel":"open:x","data":1}}"""); // ignored

        await PublishAsync(channel, "2");

        Assert.Equal(2, (int)(await client.ReceiveAsync())["pub"]!["data"]!);
    }

    private static async Task<HttpStatusCode> PostAsync(GatewayProcess gateway, JsonNode connect, string frame)
    {
        var body = JsonSerializer.Serialize(new { node = (string)connect["node"]!, session = (string)connect["session"]!, data = frame });
        using var response = await Http.PostAsync(new Uri(gateway.Address, "emulation"), new StringContent(body, Encoding.UTF8, "application/json"));
        return response.StatusCode;
    }

    private async Task<HttpResponseMessage> PreflightAsync(string path, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, new Uri(Near.Address, path));
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "content-type");
        return await Http.SendAsync(request);
    }

    private async Task PublishAsync(string channel, string data)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Far.Address, "api/publish"))
        {
            Content = new StringContent($$"""{"channel":"{{channel}}","data":{{data}}}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-API-Key", TestCluster.ApiKey);
        using var response = await Http.SendAsync(request);
        Assert.DoesNotContain("error", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
