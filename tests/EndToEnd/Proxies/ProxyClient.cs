using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace WsCluster.Tests.EndToEnd.Proxies;

/// <summary>Requests and WebSockets to a proxy that trust its certificate, from a loopback address of choice.</summary>
internal sealed class ProxyClient : IDisposable
{
    private readonly ProxyServer _proxy;
    private readonly HttpMessageInvoker _http;
    private readonly List<ClientWebSocket> _sockets = [];

    public ProxyClient(ProxyServer proxy, string from = "127.0.0.1")
    {
        _proxy = proxy;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            SslOptions = proxy.Certificate.TrustOptions(),
            AllowAutoRedirect = false,
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
                await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
    }

    /// <summary>Sends a request to the proxy.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri address, Version? version = null)
    {
        using var patience = new CancellationTokenSource(Patience.ForEvent);
        using var request = new HttpRequestMessage(method, address) { Version = version ?? HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        return await _http.SendAsync(request, patience.Token);
    }

    /// <summary>The status of a GET, or null when nobody listens.</summary>
    public async Task<HttpStatusCode?> TryGetStatusAsync(string path)
    {
        try
        {
            using var response = await SendAsync(HttpMethod.Get, new Uri(_proxy.Address, path));
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Opens a WebSocket and keeps it open; returns it, or the status that it was refused with.</summary>
    public async Task<(ClientWebSocket? Socket, HttpStatusCode Status)> TryOpenAsync(Version version, params (string Name, string Value)[] headers)
    {
        var socket = new ClientWebSocket();
        _sockets.Add(socket);
        socket.Options.HttpVersion = version;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.CollectHttpResponseDetails = true;
        foreach (var (name, value) in headers)
        {
            socket.Options.SetRequestHeader(name, value);
        }

        using var patience = new CancellationTokenSource(Patience.ForEvent);
        try
        {
            var address = new UriBuilder(new Uri(_proxy.Address, "/connection/websocket")) { Scheme = "wss" }.Uri;
            await socket.ConnectAsync(address, _http, patience.Token);
            return (socket, socket.HttpStatusCode);
        }
        catch (WebSocketException) when (socket.HttpStatusCode != 0)
        {
            return (null, socket.HttpStatusCode);
        }
    }

    public void Dispose()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _http.Dispose();
    }
}
