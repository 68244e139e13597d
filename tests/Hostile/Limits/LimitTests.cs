using System.Net;
using System.Text;
using WsCluster.Tests.Hostile.Harness;
using WsCluster.Tests.Hostile.Tokens;

namespace WsCluster.Tests.Hostile.Limits;

/// <summary>
/// Each limit of docs/limits.md that a client can reach: it does what the page says, and its instrument counts it. The numbers are
/// those of <see cref="LimitedGateway"/>, so they are options too.
/// </summary>
public sealed class LimitTests(LimitedGateway gateway) : IClassFixture<LimitedGateway>
{
    private const string Hits = "wscluster_gateway_limit_hits_total";
    private const string Closed = "wscluster_gateway_connections_closed_total";
    private const string Refused = "wscluster_gateway_connections_refused_total";
    private const string ApiRefused = "wscluster_gateway_api_refused_total";
    private const int TooManyRequests = 3013;
    private const int BadRequest = 3501;

    private static readonly HttpClient Http = new() { Timeout = Patience.ForEvent };
    private static int _address;

    [Fact]
    public Task Commands_FasterThanAllowed_AreClosed() => gateway.CountsAsync(Hits, "limit=\"commands\"", async () =>
    {
        using var peer = await ConnectAsync();
        await peer.SendAsync(Frame.Text(Lines(190, i => $"{{\"id\":{i + 2},\"unsubscribe\":{{\"channel\":\"a\"}}}}"))); // 8.5 s too many
        Assert.Equal(TooManyRequests, await peer.ReadCloseAsync());
    });

    [Fact]
    public Task Bytes_FasterThanAllowed_AreClosed() => gateway.CountsAsync(Hits, "limit=\"bytes\"", async () =>
    {
        using var peer = await ConnectAsync();
        await peer.SendAsync(Frame.Of(Frame.TextOpcode, Frame.PublishOf(90_000)));
        Assert.Equal(TooManyRequests, await peer.ReadCloseAsync());
    });

    [Fact]
    public Task Commands_ALittleTooFast_Wait() => gateway.CountsAsync("wscluster_gateway_commands_paced_total", "otel_scope_name=\"WsCluster.Gateway\"", async () =>
    {
        using var peer = await ConnectAsync();
        await peer.SendAsync(Frame.Text(Lines(30, i => $"{{\"id\":{i + 2},\"unsubscribe\":{{\"channel\":\"a\"}}}}"))); // half a second too many
        await peer.CommandAsync(100, "\"unsubscribe\":{\"channel\":\"a\"}");
    });

    [Fact]
    public Task History_MoreThanAllowed_IsClosed() => gateway.CountsAsync(Hits, "limit=\"history\"", async () =>
    {
        await ApiAsync("batch", $$"""{"commands":[{{string.Join(',', Enumerable.Repeat("""{"publish":{"channel":"kept:a","data":1}}""", 18))}}]}""");
        using var peer = await ConnectAsync();
        await peer.SendAsync(Frame.Text("{\"id\":2,\"history\":{\"channel\":\"kept:a\",\"limit\":-1}}")); // eight seconds' worth too many
        Assert.Equal(TooManyRequests, await peer.ReadCloseAsync());
    });

    [Fact]
    public Task Message_OfTooManyCommands_IsClosed() => gateway.CountsAsync(Hits, "limit=\"message_commands\"", async () =>
    {
        using var peer = await ConnectAsync();
        await peer.SendAsync(Frame.Text(Lines(201, i => $"{{\"id\":{i + 2},\"unsubscribe\":{{\"channel\":\"a\"}}}}")));
        Assert.Equal(BadRequest, await peer.ReadCloseAsync());
    });

    [Fact]
    public Task Command_NestedTooDeep_IsClosed() => gateway.CountsAsync(Hits, "limit=\"json_depth\"", async () =>
    {
        using var peer = await ConnectAsync();
        await peer.SendAsync(Frame.Text(Nested(8))); // with the command's own two, as deep as allowed
        Assert.StartsWith("{\"id\":2,", (await peer.ReadMessageAsync()).Text, StringComparison.Ordinal);
        await peer.SendAsync(Frame.Text(Nested(9)));
        Assert.Equal(BadRequest, await peer.ReadCloseAsync());
    });

    [Fact]
    public async Task Command_BrokenOtherwise_IsNotCountedAsTooDeep()
    {
        var before = await gateway.ReadAsync(Hits, "limit=\"json_depth\"");
        await gateway.CountsAsync(Closed, "code=\"3501\"", async () =>
        {
            using var peer = await ConnectAsync();
            await peer.SendAsync(Frame.Text("{\"id\":2,\"publish\":{\"channel\":\"[[[[[[[[[[[[\\\"[[\",\"data\":}}"));
            Assert.Equal(BadRequest, await peer.ReadCloseAsync());
        });
        Assert.Equal(before, await gateway.ReadAsync(Hits, "limit=\"json_depth\""));
    }

    [Fact]
    public Task Channels_MoreThanAllowed_AreRefused() => gateway.CountsAsync(Hits, "limit=\"channels\"", async () =>
    {
        using var peer = await ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            await peer.CommandAsync(2 + i, $"\"subscribe\":{{\"channel\":\"c{i}\"}}");
        }

        await peer.SendAsync(Frame.Text("{\"id\":9,\"subscribe\":{\"channel\":\"c3\"}}"));
        Assert.Equal("{\"id\":9,\"error\":{\"code\":106,\"message\":\"limit exceeded\"}}", (await peer.ReadMessageAsync()).Text);
    });

    [Fact]
    public Task Channel_WithTooLongAName_IsRefused() => gateway.CountsAsync(Hits, "limit=\"channel_length\"", async () =>
    {
        using var peer = await ConnectAsync();
        await peer.CommandAsync(2, $"\"subscribe\":{{\"channel\":\"{new string('n', 30)}\"}}");
        await peer.SendAsync(Frame.Text($"{{\"id\":3,\"subscribe\":{{\"channel\":\"{new string('n', 31)}\"}}}}"));
        Assert.Equal("{\"id\":3,\"error\":{\"code\":107,\"message\":\"bad request\"}}", (await peer.ReadMessageAsync()).Text);
    });

    [Fact]
    public Task Errors_MoreThanAllowed_AreClosed() => gateway.CountsAsync(Closed, "code=\"3509\"", async () =>
    {
        const int TooManyErrors = 3509;
        using var peer = await ConnectAsync();
        await peer.SendAsync(Frame.Text(Lines(11, i => $"{{\"id\":{i + 2},\"subscribe\":{{\"channel\":\"unknown:a\"}}}}")));
        Assert.Equal(TooManyErrors, await peer.ReadCloseAsync());
    });

    [Fact]
    public Task Message_TooLong_IsClosed() => gateway.CountsAsync(Closed, "code=\"1009\"", async () =>
    {
        const int TooBig = 1009;
        using var peer = await ConnectAsync();
        await peer.SendAsync(Frame.Of(Frame.TextOpcode, Frame.PublishOf(100_001)));
        Assert.Equal(TooBig, await peer.ReadCloseAsync());
    });

    [Fact]
    public Task Connection_ThatDoesNotAuthenticate_IsClosed() => gateway.CountsAsync(Closed, "code=\"3502\"", async () =>
    {
        const int Stale = 3502;
        using var peer = await Peer.UpgradeAsync(gateway.Address);
        Assert.Equal(Stale, await peer.ReadCloseAsync());
    });

    [Fact]
    public Task Connections_OfAUser_AreLimited() => gateway.CountsAsync("wscluster_silo_limit_hits_total", "limit=\"sessions\"", async () =>
    {
        const int ConnectionLimit = 3504;
        var token = Token.Hs256(Token.Claims(("exp", Token.Now(300))), gateway.HmacSecret);
        using var first = await ConnectAsync($"\"token\":\"{token}\"");
        using var second = await ConnectAsync($"\"token\":\"{token}\"");
        using var third = await Peer.UpgradeAsync(gateway.Address);
        await third.SendAsync(Frame.Text($"{{\"id\":1,\"connect\":{{\"token\":\"{token}\"}}}}"));
        Assert.Equal(ConnectionLimit, await third.ReadCloseAsync());
    });

    [Theory]
    [InlineData("203.0.113.{0}", "203.0.113.{0}")]
    [InlineData("2001:db8:0:{0}::{1}", "2001:db8:0:{0}:ffff::1")] // one /64
    public Task Connections_OfAnAddress_AreLimited(string address, string same) => gateway.CountsAsync(Refused, "reason=\"address_connections\"", async () =>
    {
        var number = Interlocked.Increment(ref _address);
        var peers = new List<Peer>();
        for (var i = 1; i <= 5; i++)
        {
            peers.Add(await Peer.UpgradeAsync(gateway.Address, From(string.Format(null, address, number, i))));
        }

        Assert.StartsWith("HTTP/1.1 429 ", await HandshakeAsync(From(string.Format(null, same, number))), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 101 ", await HandshakeAsync(From("198.51.100.1")), StringComparison.Ordinal); // another one's
        peers.ForEach(peer => peer.Dispose());
    });

    [Fact]
    public Task Handshakes_OfAnAddress_AreLimited() => gateway.CountsAsync(Refused, "reason=\"address_rate\"", async () =>
    {
        await Patience.UntilAsync("the address to be too fast", async () =>
        {
            var answer = await HandshakeAsync(From("198.51.100.77")); // each is gone before the next
            Assert.Matches("^HTTP/1.1 (101|429) ", answer);
            return answer.StartsWith("HTTP/1.1 429 ", StringComparison.Ordinal) && await gateway.ReadAsync(Refused, "reason=\"address_rate\"") > 0;
        });
    });

    [Fact]
    public Task Connections_OfTheGateway_AreLimited() => gateway.CountsAsync(Refused, "reason=\"full\"", async () =>
    {
        var peers = new List<Peer>();
        var answer = "HTTP/1.1 101 ";
        while (answer.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal))
        {
            (var peer, answer) = await Peer.TryUpgradeAsync(gateway.Address, "");
            peers.Add(peer);
            Assert.InRange(peers.Count, 1, 31);
        }

        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        peers.ForEach(peer => peer.Dispose());
        await Patience.UntilAsync("room", async () => (await HandshakeAsync("")).StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal));
    });

    [Theory]
    [InlineData("body", HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("batch", HttpStatusCode.OK)]
    [InlineData("rate", HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("key", HttpStatusCode.Unauthorized)]
    public Task Api_BeyondItsLimits_IsRefused(string reason, HttpStatusCode status) => gateway.CountsAsync(ApiRefused, $"reason=\"{reason}\"", async () =>
    {
        var publish = """{"publish":{"channel":"a","data":1}}""";
        var (answer, body) = reason switch
        {
            "body" => await ApiAsync("publish", $$"""{"channel":"a","data":"{{new string('x', 2048)}}"}"""),
            "batch" => await ApiAsync("batch", $$"""{"commands":[{{string.Join(',', Enumerable.Repeat(publish, 21))}}]}"""),
            "rate" => await ApiAsync("broadcast", $$"""{"channels":[{{string.Join(',', Enumerable.Range(0, 31).Select(i => $"\"{i}\""))}}],"data":1}"""),
            _ => await ApiAsync("publish", "{}", "no key of ours"),
        };
        Assert.Equal(status, answer);
        if (reason == "batch")
        {
            Assert.Equal("""{"error":{"code":107,"message":"bad request"}}""", body);
        }
    });

    private async Task<Peer> ConnectAsync(string connect = "")
    {
        var peer = await Peer.UpgradeAsync(gateway.Address);
        await peer.CommandAsync(1, $"\"connect\":{{{connect}}}");
        return peer;
    }

    private async Task<string> HandshakeAsync(string headers)
    {
        var (peer, head) = await Peer.TryUpgradeAsync(gateway.Address, headers);
        peer.Dispose();
        return head;
    }

    private async Task<(HttpStatusCode Status, string Body)> ApiAsync(string method, string body, string key = LimitedGateway.ApiKey)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Address, $"/api/{method}")) { Content = new StringContent(body, Encoding.UTF8) };
        request.Headers.Add("X-API-Key", key);
        using var response = await Http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static string From(string address) => $"X-Forwarded-For: {address}\r\n";

    private static string Lines(int count, Func<int, string> line) => string.Join('\n', Enumerable.Range(0, count).Select(line));

    private static string Nested(int depth) => $"{{\"id\":2,\"publish\":{{\"channel\":\"a\",\"data\":{new string('[', depth)}{new string(']', depth)}}}}}";
}
