using System.Net;
using System.Net.WebSockets;
using System.Text;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Proxies;

/// <summary>What must work behind every proxy. A new one adds a subclass and inherits the lot.</summary>
public abstract class ProxyTests(ProxyCluster cluster, ProxyServer proxy)
{
    private const string PublicAddress = "203.0.113.7"; // of a network that only examples use

    /// <summary>The SDK over WebSocket, HTTP streaming and event streams at once: what one publishes, all get, at once.</summary>
    [Theory, InlineData("json"), InlineData("protobuf")]
    public async Task Clients_OfAllTransports_HearEachOther(string protocol)
    {
        await using var script = Script.Node("behind-proxy", Settings(protocol), proxy.Certificate.CertificateFile);
        await script.PassAsync();
    }

    /// <summary>Every gateway stops and comes back; clients with recovery get each publication once, and in order.</summary>
    [Fact]
    public async Task Clients_AllGatewaysRestarted_GetEveryMessageOnce()
    {
        var apis = cluster.Cluster.Gateways.Select(gateway => new ServerApi(gateway)).ToArray();
        try
        {
            await using var script = Script.Node("gateways-restarted", Settings("json"), proxy.Certificate.CertificateFile);
            var channel = (await script.ReadAsync("live")).GetProperty("channel").GetString()!;
            using var enough = new CancellationTokenSource();
            var publisher = new SteadyPublisher(channel, apis);
            var publishing = publisher.RunAsync(enough.Token);
            await cluster.RestartGatewaysAsync();
            await enough.CancelAsync();
            await publishing;

            Assert.Single(publisher.Epochs);
            await script.SayAsync($"published {publisher.Count}");
            await script.PassAsync();
        }
        finally
        {
            Array.ForEach(apis, api => api.Dispose());
        }
    }

    /// <summary>Behind a trusted proxy that names a client the client counts, not the proxies.</summary>
    [Fact]
    public async Task Address_NamedByATrustedProxy_IsTheClients()
    {
        using var client = new ProxyClient(proxy); // from 127.0.0.1, as a trusted proxy before this one
        var open = 0;
        HttpStatusCode status;
        while ((status = (await client.TryOpenAsync(HttpVersion.Version11, ("X-Forwarded-For", PublicAddress))).Status) == HttpStatusCode.SwitchingProtocols)
        {
            open++;
            Assert.InRange(open, 1, cluster.Cluster.Gateways.Count * ProxyCluster.MaxConnectionsPerAddress);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        Assert.InRange(open, ProxyCluster.MaxConnectionsPerAddress, int.MaxValue);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, (await client.TryOpenAsync(HttpVersion.Version11, ("X-Forwarded-For", "203.0.113.8"))).Status);
    }

    /// <summary>What a client says of itself is passed on but counts for nothing: the address it came from does.</summary>
    [Fact]
    public async Task Address_ClaimedByAClient_IsNotBelieved()
    {
        using var client = new ProxyClient(proxy, from: "127.0.0.2");
        for (var i = 0; i <= cluster.Cluster.Gateways.Count * ProxyCluster.MaxConnectionsPerAddress; i++)
        {
            Assert.Equal(HttpStatusCode.SwitchingProtocols, (await client.TryOpenAsync(HttpVersion.Version11, ("X-Forwarded-For", PublicAddress))).Status);
        }
    }

    /// <summary>The gateway sees the host that the browser asked for, so it knows its own pages.</summary>
    [Fact]
    public async Task Page_OfTheProxysHost_MayConnectAndOthersMayNot()
    {
        using var client = new ProxyClient(proxy);

        var own = await client.TryOpenAsync(HttpVersion.Version11, ("Origin", proxy.Address.GetLeftPart(UriPartial.Authority)));
        var foreign = await client.TryOpenAsync(HttpVersion.Version11, ("Origin", "https://elsewhere.example"));

        Assert.Equal((HttpStatusCode.SwitchingProtocols, HttpStatusCode.Forbidden), (own.Status, foreign.Status));
    }

    [Fact]
    public async Task Http2_RequestsAndWhereItCanWebSockets_Arrive()
    {
        using var client = new ProxyClient(proxy);

        using var preflight = await client.SendAsync(HttpMethod.Options, new Uri(proxy.Address, "/connection/http_stream"), HttpVersion.Version20);
        Assert.Equal((HttpVersion.Version20, HttpStatusCode.NoContent), (preflight.Version, preflight.StatusCode));

        if (proxy.TakesWebSocketsOverHttp2)
        {
            var (socket, status) = await client.TryOpenAsync(HttpVersion.Version20);
            Assert.Equal(HttpStatusCode.OK, status);
            await socket!.SendAsync("""{"id":1,"connect":{}}"""u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            var buffer = new byte[4096];
            var frame = await socket.ReceiveAsync(buffer, CancellationToken.None);
            Assert.StartsWith("""{"id":1,"connect":{"client":""", Encoding.UTF8.GetString(buffer, 0, frame.Count), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api/info")]
    [InlineData("/health/ready")]
    [InlineData("/emulation/x")]
    [InlineData("/metrics")]
    public async Task Path_ThatIsNotForClients_StaysInside(string path)
    {
        using var client = new ProxyClient(proxy);

        Assert.Equal(HttpStatusCode.NotFound, await client.TryGetStatusAsync(path));
    }

    [Fact]
    public async Task Request_WithoutTls_IsToldToUseIt()
    {
        using var client = new ProxyClient(proxy);

        using var response = await client.SendAsync(HttpMethod.Get, new Uri(proxy.PlainAddress, "/connection/uni_sse"));

        Assert.InRange((int)response.StatusCode, 301, 308);
        Assert.Equal(("https", "/connection/uni_sse"), (response.Headers.Location!.Scheme, response.Headers.Location.AbsolutePath));
    }

    private object Settings(string protocol) => cluster.Cluster.ScriptSettings(protocol, proxies: proxy.Address);
}
