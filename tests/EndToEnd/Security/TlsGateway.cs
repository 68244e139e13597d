using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace WsCluster.Tests.EndToEnd.Security;

/// <summary>
/// One gateway with TLS and an internal listener. It trusts 127.0.0.1 to name clients, of whom each address may have three
/// connections.
/// </summary>
public sealed class TlsGateway : IAsyncLifetime
{
    /// <summary>Connections of one address.</summary>
    public const int MaxPerAddress = 3;

    private readonly TestAuthority _authority = new();
    private GatewayProcess? _process;
    private HttpMessageInvoker? _http;

    /// <summary>The public address with TLS.</summary>
    internal Uri Secure { get; } = new($"https://127.0.0.1:{FreePort.Next()}");

    /// <summary>The public address without.</summary>
    internal Uri Plain { get; } = new($"http://127.0.0.1:{FreePort.Next()}");

    /// <summary>Where API, health and pages are.</summary>
    internal Uri Inside => Process.Address;

    internal GatewayProcess Process => _process ?? throw new InvalidOperationException("The gateway has not been started.");

    /// <summary>Requests that trust the test's authority.</summary>
    internal HttpMessageInvoker Http => _http ?? throw new InvalidOperationException("The gateway has not been started.");

    public async ValueTask InitializeAsync()
    {
        var certificate = _authority.Issue("first");
        _http = new HttpMessageInvoker(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = _authority.Trusts } });
        _process = await Retry.OnOtherPortsAsync(() =>
        {
            var inside = new Uri($"http://127.0.0.1:{FreePort.Next()}");
            return GatewayProcess.StartAtAsync(
                "tls",
                inside,
                $"urls={Secure};{Plain}",
                $"WsCluster:Silo:Port={FreePort.Next()}",
                $"WsCluster:Silo:GatewayPort={FreePort.Next()}",
                $"WsCluster:Gateway:InternalUrls={inside}",
                $"WsCluster:Gateway:CertificateFile={certificate}",
                $"WsCluster:Gateway:MaxConnectionsPerAddress={MaxPerAddress}",
                "WsCluster:Gateway:TrustedProxies:0=127.0.0.1",
                "WsCluster:Gateway:StaleTimeout=00:00:02");
        });
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _authority.Dispose();
    }

    /// <summary>Opens a WebSocket with TLS, over HTTP/1.1 or HTTP/2.</summary>
    internal Task<ClientWebSocket> OpenAsync(Version http, params (string Name, string Value)[] headers) =>
        OpenAsync("/connection/websocket", http, headers);

    /// <summary>Opens one at another address.</summary>
    internal async Task<ClientWebSocket> OpenAsync(string path, Version http, params (string Name, string Value)[] headers)
    {
        var socket = new ClientWebSocket
        {
            Options = { HttpVersion = http, HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact, CollectHttpResponseDetails = true },
        };
        foreach (var (name, value) in headers)
        {
            socket.Options.SetRequestHeader(name, value);
        }

        using var patience = new CancellationTokenSource(Patience.ForEvent);
        try
        {
            await socket.ConnectAsync(new Uri($"wss://{Secure.Authority}{path}"), Http, patience.Token);
        }
        catch (WebSocketException)
        {
            // Refused: the status says how.
        }

        return socket;
    }

    /// <summary>The name of the certificate that a new connection is shown.</summary>
    internal async Task<string> ShownCertificateAsync()
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(Secure.Host, Secure.Port);
        await using var tls = new SslStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = _authority.Trusts });
        return tls.RemoteCertificate!.Subject;
    }

    /// <summary>Puts another certificate into the file.</summary>
    internal void ReplaceCertificate(string name) => _authority.Issue(name: "first", subject: name);

    /// <summary>Puts something into the file that is no certificate.</summary>
    internal void SpoilCertificate() => _authority.Write("first.pem", "nonsense");

    /// <summary>The status of a request.</summary>
    internal async Task<HttpStatusCode> GetAsync(Uri address, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, path));
        using var response = await Http.SendAsync(request, CancellationToken.None);
        return response.StatusCode;
    }
}
