using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Transports;

/// <summary>Peers at their slowest and largest, on each way into a gateway: a plain socket, TLS, and HTTP/2.</summary>
public sealed class PeerTests(PeerGateway fixture) : IClassFixture<PeerGateway>
{
    private const int Megabyte = 1024 * 1024;

    private readonly string _channel = $"chat:peer-{Guid.NewGuid():N}";

    public static TheoryData<string> Ways => ["plain", "tls", "http/2"];

    [Theory, MemberData(nameof(Ways))]
    public async Task Message_OfAMegabyte_ArrivesWhole(string way)
    {
        using var api = new ServerApi(fixture.Gateway);
        using var peer = await SubscribedAsync(way);
        var data = new string('x', Megabyte);

        await api.CallAsync("publish", new { channel = _channel, data });

        await peer.ReceiveUntilAsync($"\"data\":\"{data}\"");
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Peer_ThatStopsReading_IsDroppedWhileOthersGetEverything(string way)
    {
        using var api = new ServerApi(fixture.Gateway);
        using var reader = await SubscribedAsync("plain");
        var slow = await fixture.ClosedAsSlowAsync();
        using var deaf = await SubscribedAsync(way); // and is not read from any more
        await Patience.UntilAsync("both to be present", async () => await api.CountAsync(_channel) == 2);

        var data = new string('x', Megabyte);
        for (var n = 0; await api.CountAsync(_channel) == 2; n++)
        {
            Assert.InRange(n, 0, 100); // far more than any socket holds
            await api.CallAsync("publish", new { channel = _channel, data });
            await reader.ReceiveUntilAsync(data);
        }

        await Patience.UntilAsync("it to be closed as slow", async () => await fixture.ClosedAsSlowAsync() == slow + 1);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Peer_ThatReadsByteByByte_GetsEverythingInOrder(string way)
    {
        using var api = new ServerApi(fixture.Gateway);
        using var slow = await SubscribedAsync(way);
        for (var n = 1; n <= 20; n++)
        {
            await api.CallAsync("publish", new { channel = _channel, data = n });
        }

        var text = new StringBuilder();
        while (!text.ToString().Contains("\"data\":20,", StringComparison.Ordinal))
        {
            text.Append(await slow.ReceiveByteAsync());
        }

        var numbers = text.ToString().Split("\"data\":").Skip(1).Select(part => int.Parse(part.Split(',')[0], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(1, 20), numbers);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Peer_ThatEndsInsideAFrame_LeavesPresence(string way)
    {
        using var api = new ServerApi(fixture.Gateway);
        using var http = fixture.CreateHttp();
        var stream = way == "http/2" ? await ConnectAsync(http) : await OpenAsync(tls: way == "tls");
        await stream.WriteAsync(RawSocket.Frame(Encoding.UTF8.GetBytes(ConnectAndSubscribe())));
        await stream.FlushAsync();
        await Patience.UntilAsync("the peer to be present", async () => await api.CountAsync(_channel) == 1);

        await stream.WriteAsync(RawSocket.Frame("""{"id":3,"publish":{}}"""u8).AsMemory(0, 9));
        await stream.FlushAsync();
        await stream.DisposeAsync();

        await Patience.UntilAsync("the peer to be gone", async () => await api.CountAsync(_channel) == 0);
    }

    [Fact]
    public async Task Upgrade_WithoutTlsOnATlsPort_IsNotServed()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, fixture.TlsPort);
        await socket.SendAsync(Handshake());
        var answer = new byte[12];
        var count = 0;
        try
        {
            using var patience = new CancellationTokenSource(Patience.ForEvent);
            count = await socket.ReceiveAsync(answer, patience.Token);
        }
        catch (SocketException)
        {
            // A reset is as good an answer.
        }

        Assert.DoesNotContain("HTTP/1.1 101", Encoding.ASCII.GetString(answer, 0, count), StringComparison.Ordinal);
    }

    private string ConnectAndSubscribe() => $$$"""{"id":1,"connect":{}}{{{"\n"}}}{"id":2,"subscribe":{"channel":"{{{_channel}}}"}}""";

    private static byte[] Handshake() => Encoding.ASCII.GetBytes(
        "GET /connection/websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n");

    private async Task<Stream> OpenAsync(bool tls)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, tls ? fixture.TlsPort : fixture.Gateway.Address.Port);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (tls)
        {
            var secured = new SslStream(stream);
            await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = fixture.IsOurs });
            stream = secured;
        }

        await stream.WriteAsync(Handshake());
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var one = new byte[1];
            await stream.ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }

        Assert.StartsWith("HTTP/1.1 101 ", head.ToString(), StringComparison.Ordinal);
        return stream;
    }

    /// <summary>A stream of HTTP/2 that takes bytes, right or wrong (RFC 8441).</summary>
    private async Task<Stream> ConnectAsync(HttpMessageInvoker http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Connect, new Uri($"https://localhost:{fixture.TlsPort}/connection/websocket"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { Protocol = "websocket" },
        };
        request.Headers.Add("Sec-WebSocket-Version", "13");
        var response = await http.SendAsync(request, CancellationToken.None).WaitAsync(Patience.ForEvent);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStreamAsync();
    }

    private async Task<Peer> SubscribedAsync(string way)
    {
        var peer = await Peer.OpenAsync(fixture, way);
        await peer.SendAsync(ConnectAndSubscribe());
        var replies = "";
        while (!replies.Contains("\"id\":2,", StringComparison.Ordinal))
        {
            replies += await peer.ReceiveAsync();
        }

        Assert.DoesNotContain("error", replies, StringComparison.Ordinal);
        return peer;
    }

    /// <summary>A WebSocket client that reads when, and as much as, a test says.</summary>
    private sealed class Peer(ClientWebSocket socket, HttpMessageInvoker http) : IDisposable
    {
        private readonly byte[] _one = new byte[1];

        public static async Task<Peer> OpenAsync(PeerGateway gateway, string way)
        {
            var http = gateway.CreateHttp();
            var socket = new ClientWebSocket();
            socket.Options.HttpVersion = way == "http/2" ? HttpVersion.Version20 : HttpVersion.Version11;
            socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
            var address = way == "plain" ? gateway.Gateway.WebSocketAddress : new Uri($"wss://localhost:{gateway.TlsPort}/connection/websocket");
            await socket.ConnectAsync(address, http, CancellationToken.None).WaitAsync(Patience.ForEvent);
            return new Peer(socket, http);
        }

        public Task SendAsync(string text) =>
            socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

        public async Task<string> ReceiveAsync()
        {
            var text = new StringBuilder();
            var buffer = new byte[64 * 1024];
            WebSocketReceiveResult result;
            do
            {
                result = await socket.ReceiveAsync(new ArraySegment<byte>(buffer), CancellationToken.None).WaitAsync(Patience.ForEvent);
                text.Append(Encoding.UTF8.GetString(buffer, 0, result.Count));
            }
            while (!result.EndOfMessage);
            return text.ToString();
        }

        /// <summary>Reads up to a message with this in it; joins and leaves come in between.</summary>
        public async Task ReceiveUntilAsync(string part)
        {
            while (!(await ReceiveAsync()).Contains(part, StringComparison.Ordinal))
            {
            }
        }

        public async Task<char> ReceiveByteAsync()
        {
            await socket.ReceiveAsync(new ArraySegment<byte>(_one), CancellationToken.None).WaitAsync(Patience.ForEvent);
            return (char)_one[0];
        }

        public void Dispose()
        {
            socket.Dispose();
            http.Dispose();
        }
    }
}

/// <summary>An embedded gateway with a plain and a TLS endpoint.</summary>
public sealed class PeerGateway : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wscluster-tls-").FullName;
    private GatewayProcess? _gateway;
    private string _thumbprint = "";

    /// <summary>The TLS endpoint's port.</summary>
    public int TlsPort { get; } = FreePort.Next();

    internal GatewayProcess Gateway => _gateway!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _thumbprint = certificate.Thumbprint;
        var path = Path.Combine(_folder, "gateway.pfx");
        await File.WriteAllBytesAsync(path, certificate.Export(X509ContentType.Pfx, "secret"));
        var plain = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        _gateway = await GatewayProcess.StartAtAsync(
            "peers",
            plain,
            $"WsCluster:Silo:Port={FreePort.Next()}",
            $"WsCluster:Silo:GatewayPort={FreePort.Next()}",
            $"Kestrel:Endpoints:Plain:Url={plain}",
            $"WsCluster:Api:Keys:0={TestCluster.ApiKey}",
            "WsCluster:Gateway:MaxQueuedBytes=2097152",
            "WsCluster:Api:MaxBodyBytes=4194304",
            "WsCluster:Telemetry:Prometheus=true",
            $"Kestrel:Endpoints:Tls:Url=https://localhost:{TlsPort}",
            $"Kestrel:Endpoints:Tls:Certificate:Path={path}",
            "Kestrel:Endpoints:Tls:Certificate:Password=secret");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            // Not AssertNoErrors: Kestrel logs one of its own when a TLS connection is aborted while a write of it is blocked.
            Assert.False(_gateway.Process.HasExited);
            await _gateway.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Requests that trust it.</summary>
    internal HttpMessageInvoker CreateHttp() => new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = IsOurs } });

    /// <summary>How many connections have been closed because they read too slowly.</summary>
    internal async Task<int> ClosedAsSlowAsync()
    {
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri(Gateway.Address, "/metrics"));
        var slow = metrics.Split('\n').Where(line =>
            line.StartsWith("wscluster_gateway_connections_closed_total{", StringComparison.Ordinal) && line.Contains("code=\"3008\"", StringComparison.Ordinal));
        return slow.Sum(line => int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Trusts the gateway's certificate and no other.</summary>
    public bool IsOurs(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate?.GetCertHashString() == _thumbprint;
}
