using System.Text.Json;
using StackExchange.Redis;

namespace WsCluster.Tests.EndToEnd.Harness;

/// <summary>A cluster of real processes: a Redis, silos and gateways, with the channels of cluster.json.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    /// <summary>The key of the HTTP API.</summary>
    public const string ApiKey = "end-to-end-key";

    /// <summary>The secret that signs tokens.</summary>
    public const string Secret = "a secret that only the end-to-end tests know";

    /// <summary>Connections that one user may have in the whole cluster.</summary>
    public const int MaxConnections = 5;

    private readonly List<SiloProcess> _silos = [];
    private readonly List<GatewayProcess> _gateways = [];
    private readonly bool _allowsPages;
    private readonly IReadOnlyList<string> _siloSettings;
    private readonly string[] _settings;
    private int _started;

    private TestCluster(RedisProcess redis, bool allowsPages, IReadOnlyList<string> siloSettings, string[] settings)
    {
        Redis = redis;
        _siloSettings = siloSettings;
        _settings = settings;
        _allowsPages = allowsPages;
    }

    public RedisProcess Redis { get; }

    public string ClusterId { get; } = $"e2e-{Guid.NewGuid():N}"[..16];

    public IReadOnlyList<SiloProcess> Silos => _silos;

    public IReadOnlyList<GatewayProcess> Gateways => _gateways;

    /// <summary>Where a browser page must be served from to be allowed on the gateways.</summary>
    public int PagePort { get; } = FreePort.Next();

    /// <summary>
    /// Starts one, with further settings of its silos and of all processes. Its gateways allow pages of <see cref="PagePort"/>, or else only
    /// those of their own host.
    /// </summary>
    public static async Task<TestCluster> StartAsync(
        int silos = 2, int gateways = 2, bool allowsPages = true, IReadOnlyList<string>? siloSettings = null, params string[] settings)
    {
        var cluster = new TestCluster(await RedisProcess.StartAsync(), allowsPages, siloSettings ?? [], settings);
        try
        {
            for (var i = 0; i < silos; i++)
            {
                await cluster.StartSiloAsync();
            }

            for (var i = 0; i < gateways; i++)
            {
                await cluster.StartGatewayAsync();
            }
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }

        return cluster;
    }

    public async Task<SiloProcess> StartSiloAsync()
    {
        var silo = await SiloProcess.StartAsync($"silo-{_started++}", [.. CommonSettings, .. _siloSettings]);
        _silos.Add(silo);
        return silo;
    }

    /// <summary>Stops a silo in order (SIGTERM) and forgets it; it must end with 0.</summary>
    public async Task StopSiloAsync(SiloProcess silo)
    {
        Assert.Equal(0, await silo.Process.StopAsync());
        _silos.Remove(silo);
        await silo.DisposeAsync();
    }

    /// <summary>Adds a gateway; its own settings come last and win.</summary>
    public async Task<GatewayProcess> StartGatewayAsync(params string[] settings)
    {
        var gateway = await GatewayProcess.StartAsync($"gateway-{_gateways.Count}", [.. GatewaySettings, .. settings]);
        _gateways.Add(gateway);
        return gateway;
    }

    /// <summary>A gateway that the test stops itself, with the operator's side at an address of its own.</summary>
    public Task<GatewayProcess> StartExtraGatewayAsync(Uri inside, params string[] settings) =>
        GatewayProcess.StartWithInsideAsync("gateway-extra", inside, [.. GatewaySettings, .. settings]);

    /// <summary>Adds a gateway that need not be ready, only listen.</summary>
    public async Task<GatewayProcess> StartListeningGatewayAsync(params string[] settings)
    {
        var gateway = await GatewayProcess.StartListeningAsync($"gateway-{_gateways.Count}", [.. GatewaySettings, .. settings]);
        _gateways.Add(gateway);
        return gateway;
    }

    /// <summary>Stops a gateway in order (SIGTERM), which must end with 0, and starts another one at its address.</summary>
    public async Task RestartGatewayAsync(int index, params string[] settings)
    {
        var old = _gateways[index];
        Assert.Equal(0, await old.Process.StopAsync());
        _gateways[index] = await GatewayProcess.StartAtAsync($"gateway-{index}", old.Address, [.. GatewaySettings, .. settings]);
        await old.DisposeAsync();
    }

    /// <summary>The rows of the membership table, by silo.</summary>
    public async Task<IReadOnlyDictionary<string, MemberRow>> ReadMembersAsync()
    {
        await using var link = await ConnectionMultiplexer.ConnectAsync(Redis.ConnectionString);
        return (await link.GetDatabase().HashGetAllAsync(MembersKey)).Where(row => row.Name != "Version").ToDictionary(
            row => (string)row.Name!,
            row =>
            {
                using var json = JsonDocument.Parse((string)row.Value!);
                return new MemberRow(json.RootElement.GetProperty("Status").GetInt32(), json.RootElement.GetProperty("IAmAliveTime").GetDateTime().ToUniversalTime());
            });
    }

    /// <summary>Removes a silo's row behind the back of the cluster.</summary>
    public async Task RemoveMemberAsync(string silo)
    {
        await using var link = await ConnectionMultiplexer.ConnectAsync(Redis.ConnectionString);
        Assert.True(await link.GetDatabase().HashDeleteAsync(MembersKey, silo));
    }

    /// <summary>What the scripts get to know; addresses of proxies may stand for those of the gateways.</summary>
    public object ScriptSettings(string protocol, string transport = "websocket", params IReadOnlyList<Uri> proxies) => new
    {
        protocol,
        transport,
        gateways = (proxies.Count > 0 ? proxies : _gateways.Select(g => g.Address)).Select(address => address.GetLeftPart(UriPartial.Authority)),
        apiKey = ApiKey,
        secret = Secret,
        maxConnections = MaxConnections,
        pagePort = PagePort,
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways)
        {
            await gateway.DisposeAsync();
        }

        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        await Redis.DisposeAsync();
    }

    private IEnumerable<string> GatewaySettings =>
    [
        .. CommonSettings,
        "WsCluster:Gateway:AllowAnonymous=true",
        .. _allowsPages ? [$"WsCluster:Gateway:AllowedOrigins:0=http://127.0.0.1:{PagePort}"] : Array.Empty<string>(),
        $"WsCluster:Tokens:HmacSecret={Secret}",
        $"WsCluster:Api:Keys:0={ApiKey}",
    ];

    private RedisKey MembersKey => $"{ClusterId}/members/{ClusterId}";

    private IEnumerable<string> CommonSettings =>
    [
        $"WsCluster:Redis={Redis.ConnectionString}",
        $"WsCluster:ClusterId={ClusterId}",
        $"WsCluster:ConfigFile={Path.Combine(Repository.EndToEnd, "cluster.json")}",
        $"WsCluster:Users:MaxConnections={MaxConnections}",
        .. _settings,
    ];
}
