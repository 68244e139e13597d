using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace WsCluster.Tests.EndToEnd.Security;

/// <summary>TLS at the gateway, WebSockets over HTTP/1.1 and HTTP/2 (RFC 8441) through it, and the internal listener beside it.</summary>
public sealed class TlsTests(TlsGateway gateway) : IClassFixture<TlsGateway>
{
    public static TheoryData<string> Versions => ["1.1", "2.0"];

    [Theory, MemberData(nameof(Versions))]
    public async Task Publish_OverTls_Arrives(string http)
    {
        using var socket = await gateway.OpenAsync(Version.Parse(http));
        await SendAsync(socket, """{"id":1,"connect":{}}""" + "\n" + """{"id":2,"subscribe":{"channel":"chat:tls"}}""");
        await SendAsync(socket, """{"id":3,"publish":{"channel":"chat:tls","data":"secret"}}""");

        Assert.Contains("\"pub\":{\"data\":\"secret\"", await ReadUntilAsync(socket, "\"pub\""), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task Unidirectional_OverTls_GetsBarePushes(string http)
    {
        using var listener = await gateway.OpenAsync("/connection/uni_websocket", Version.Parse(http));
        await SendAsync(listener, """{"subs":{"chat:uni-tls":{}}}""");
        Assert.Contains("{\"connect\":{", await ReadUntilAsync(listener, "\"chat:uni-tls\""), StringComparison.Ordinal);
        using var socket = await gateway.OpenAsync(Version.Parse(http));
        await SendAsync(socket, """{"id":1,"connect":{}}""" + "\n" + """{"id":2,"subscribe":{"channel":"chat:uni-tls"}}""");
        await SendAsync(socket, """{"id":3,"publish":{"channel":"chat:uni-tls","data":"bare"}}""");

        Assert.Contains("{\"channel\":\"chat:uni-tls\",\"pub\":{\"data\":\"bare\"", await ReadUntilAsync(listener, "\"bare\""), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task Handshake_ForeignOrigin_Is403(string http)
    {
        using var socket = await gateway.OpenAsync(Version.Parse(http), ("Origin", "https://evil.example"));

        Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task Handshake_OriginOfItsOwnHostOverTls_IsTaken(string http)
    {
        using var socket = await gateway.OpenAsync(Version.Parse(http), ("Origin", $"https://{gateway.Secure.Authority}"));

        Assert.Equal(WebSocketState.Open, socket.State);
    }

    /// <summary>Over HTTP/2 all of them share one TCP connection: streams are what counts.</summary>
    [Theory, MemberData(nameof(Versions))]
    public async Task Handshake_AddressHasItsConnections_Is429(string http)
    {
        var address = ("X-Forwarded-For", $"203.0.113.{http[0]}");
        var open = new List<ClientWebSocket>();
        for (var i = 0; i < TlsGateway.MaxPerAddress; i++)
        {
            open.Add(await gateway.OpenAsync(Version.Parse(http), address));
        }

        using var refused = await gateway.OpenAsync(Version.Parse(http), address);
        Assert.All(open, socket => Assert.Equal(WebSocketState.Open, socket.State));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.HttpStatusCode);

        open.ForEach(socket => socket.Dispose()); // their places are free again
        await gateway.Process.Process.WaitUntilAsync("the address had room again", async () =>
        {
            using var again = await gateway.OpenAsync(Version.Parse(http), address);
            return again.State == WebSocketState.Open;
        });
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task Message_TooBig_Closes(string http)
    {
        using var socket = await gateway.OpenAsync(Version.Parse(http));
        await SendAsync(socket, """{"id":1,"connect":{}}""");
        await SendAsync(socket, new string('x', 70_000));

        Assert.Equal(1009, await ReadCloseAsync(socket));
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task Connection_ThatNeverConnects_IsClosed(string http)
    {
        using var socket = await gateway.OpenAsync(Version.Parse(http));

        Assert.Equal((int)DisconnectCode.Stale, await ReadCloseAsync(socket));
    }

    [Theory]
    [InlineData("/health/ready"), InlineData("/api/info"), InlineData("/")]
    public async Task OperatorsSide_OnPublicAddresses_Is404(string path)
    {
        Assert.Equal(HttpStatusCode.NotFound, await gateway.GetAsync(gateway.Secure, path));
        Assert.Equal(HttpStatusCode.NotFound, await gateway.GetAsync(gateway.Plain, path));
        Assert.NotEqual(HttpStatusCode.NotFound, await gateway.GetAsync(gateway.Inside, path));
    }

    [Fact]
    public async Task Handshake_InClearTextOnThePortForTls_OpensNothing()
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(gateway.Secure.Host, gateway.Secure.Port);
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /connection/websocket HTTP/1.1\r\nHost: {gateway.Secure.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        using var patience = new CancellationTokenSource(Patience.ForEvent);
        var answer = new MemoryStream();
        try
        {
            await tcp.GetStream().CopyToAsync(answer, patience.Token);
        }
        catch (IOException)
        {
            // A reset says it as well.
        }

        Assert.DoesNotContain("101", Encoding.ASCII.GetString(answer.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_Replaced_IsShownToNewConnectionsAndOldOnesGoOn()
    {
        Assert.Equal("CN=first", await gateway.ShownCertificateAsync());
        using var socket = await gateway.OpenAsync(HttpVersion.Version11);
        await SendAsync(socket, """{"id":1,"connect":{}}""");

        gateway.SpoilCertificate();
        await gateway.Process.Process.WaitUntilAsync(
            "it said that the file cannot be used",
            () => Task.FromResult(gateway.Process.Process.Log.Contains("the old one stays", StringComparison.Ordinal)));
        Assert.Equal("CN=first", await gateway.ShownCertificateAsync());

        gateway.ReplaceCertificate("second");
        await gateway.Process.Process.WaitUntilAsync("the new certificate was shown", async () => await gateway.ShownCertificateAsync() == "CN=second");
        await SendAsync(socket, """{"id":2,"unsubscribe":{"channel":"none"}}""");
        Assert.Contains("\"id\":2", await ReadUntilAsync(socket, "\"id\":2"), StringComparison.Ordinal);
    }

    private static async Task SendAsync(ClientWebSocket socket, string text)
    {
        using var patience = new CancellationTokenSource(Patience.ForEvent);
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, patience.Token);
    }

    private static async Task<string> ReadUntilAsync(ClientWebSocket socket, string what)
    {
        using var patience = new CancellationTokenSource(Patience.ForEvent);
        var text = "";
        var buffer = new byte[16 * 1024];
        while (!text.Contains(what, StringComparison.Ordinal))
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
            Assert.NotEqual(WebSocketMessageType.Close, part.MessageType);
            text += Encoding.UTF8.GetString(buffer.AsSpan(0, part.Count));
        }

        return text;
    }

    private static async Task<int?> ReadCloseAsync(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(Patience.ForEvent);
        var buffer = new byte[16 * 1024];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), patience.Token)).MessageType != WebSocketMessageType.Close)
        {
        }

        return (int?)socket.CloseStatus;
    }
}
