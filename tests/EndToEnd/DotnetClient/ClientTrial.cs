using System.Text.Json;
using System.Text.Json.Nodes;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.DotnetClient;

using WsCluster.Client;

/// <summary>What a scenario works with: clients on the cluster's gateways, the HTTP API, channels and users of its own.</summary>
internal sealed class ClientTrial(TestCluster cluster, ClientProtocol protocol) : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _opened = [];
    private readonly ServerApi[] _apis = [.. cluster.Gateways.Take(2).Select(gateway => new ServerApi(gateway))];
    private readonly string _id = Guid.NewGuid().ToString("N")[..8];

    public GatewayProcess Gateway(int index) => cluster.Gateways[index];

    public string Unique(string name) => $"{name}-{_id}";

    public string Channel(string ns, string name = "room") => $"{ns}:{Unique(name)}";

    /// <summary>A client, not connected yet: of this user or these claims, else anonymous.</summary>
    public WsClusterClient Client(
        int at = 0, string? user = null, object? claims = null, SwitchableNetwork? network = null, Func<ClientOptions, ClientOptions>? options = null)
    {
        var all = new ClientOptions
        {
            Protocol = protocol,
            MinReconnectDelay = TimeSpan.FromMilliseconds(50),
            MaxReconnectDelay = TimeSpan.FromMilliseconds(500),
            Token = (claims ?? (user is null ? null : new { sub = user })) is { } content ? Tokens.Hmac(content) : null,
        };
        var client = new WsClusterClient(network?.WebSocketAddress ?? Gateway(at).WebSocketAddress, options?.Invoke(all) ?? all);
        _opened.Add(client);
        return client;
    }

    /// <summary>The same, connected.</summary>
    public async Task<WsClusterClient> ConnectedAsync(int at = 0, string? user = null, object? claims = null)
    {
        var client = Client(at, user, claims);
        await client.ConnectAsync();
        return client;
    }

    public SwitchableNetwork Network(int gateway)
    {
        var network = new SwitchableNetwork(Gateway(gateway));
        _opened.Add(network);
        return network;
    }

    /// <summary>A live subscription that keeps what it receives.</summary>
    public static async Task<Kept> SubscribeAsync(WsClusterClient client, string channel, SubscriptionOptions? options = null)
    {
        options ??= new SubscriptionOptions();
        var kept = new Kept(client.NewSubscription(
            channel, options with { MinResubscribeDelay = TimeSpan.FromMilliseconds(50), MaxResubscribeDelay = TimeSpan.FromMilliseconds(500) }));
        await kept.Subscription.SubscribeAsync();
        return kept;
    }

    /// <summary>A live subscription whose connection can be cut.</summary>
    public async Task<(WsClusterClient Client, Kept Kept, SwitchableNetwork Network)> SubscribeOverNetworkAsync(string channel, SubscriptionOptions? options = null)
    {
        var network = Network(0);
        var client = Client(network: network);
        await client.ConnectAsync();
        return (client, await SubscribeAsync(client, channel, options), network);
    }

    /// <summary>Cuts the network and waits until the client knows.</summary>
    public static async Task CutAsync(WsClusterClient client, SwitchableNetwork network)
    {
        network.Cut();
        await Patience.UntilAsync("the loss to be noticed", () => Task.FromResult(client.State == ClientState.Connecting));
    }

    public Task<JsonNode> ApiAsync(string method, object request, int gateway = 0) => _apis[gateway].CallAsync(method, request);

    /// <summary>The code that a call must be refused with.</summary>
    public static async Task<int> CodeAsync(Task call) => (await Assert.ThrowsAsync<WsClusterClientException>(() => call)).Code;

    /// <summary>The change with which a client ends.</summary>
    public static Task<ClientStateChange> EndOf(WsClusterClient client)
    {
        var end = new TaskCompletionSource<ClientStateChange>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.StateChanged += (_, change) =>
        {
            if (change.State == ClientState.Disconnected)
            {
                end.TrySetResult(change);
            }
        };
        return end.Task.WaitAsync(Patience.ForEvent);
    }

    public static ReadOnlyMemory<byte> Json(object? value) => JsonSerializer.SerializeToUtf8Bytes(value);

    public static string[] Numbers(int from, int to) => [.. Enumerable.Range(from, to - from + 1).Select(n => $"{n}")];

    public async ValueTask DisposeAsync()
    {
        foreach (var opened in _opened)
        {
            await opened.DisposeAsync();
        }

        foreach (var api in _apis)
        {
            api.Dispose();
        }
    }
}
