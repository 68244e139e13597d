using System.Collections.Concurrent;
using System.Net;
using StackExchange.Redis;
using WsCluster.Tests.Chaos.Load;
using WsCluster.Tests.Chaos.Network;

namespace WsCluster.Tests.Chaos.Cluster;

/// <summary>
/// A cluster of real processes for breaking: a Redis that syncs each write, silos (each in a network namespace where that is
/// allowed), gateways, and a proxy between each of them and Redis. A process that ends by itself is started again.
/// </summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    /// <summary>The key of the HTTP API.</summary>
    public const string ApiKey = "chaos-key";

    private readonly List<Member> _gateways = [];
    private readonly ConcurrentQueue<string> _ends = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;

    private ChaosCluster(RedisProcess redis, NetworkNamespaces? network)
    {
        Redis = redis;
        Network = network;
    }

    public RedisProcess Redis { get; }

    /// <summary>The silos' network; null where it needs rights that this process has not.</summary>
    public NetworkNamespaces? Network { get; }

    public string ClusterId { get; } = $"chaos-{Guid.NewGuid():N}"[..16];

    public List<Member> Silos { get; } = [];

    /// <summary>The gateways now; faults may add and remove some.</summary>
    public IReadOnlyList<Member> Gateways
    {
        get
        {
            lock (_gateways)
            {
                return [.. _gateways];
            }
        }
    }

    public IEnumerable<Member> Members => [.. Silos, .. Gateways];

    /// <summary>Processes that ended without being told to: name and exit code.</summary>
    public IReadOnlyCollection<string> UnexpectedEnds => _ends;

    public static async Task<ChaosCluster> StartAsync(int silos, int gateways)
    {
        var network = await NetworkNamespaces.TryCreateAsync();
        var cluster = new ChaosCluster(await RedisProcess.StartAsync("--appendfsync", "always"), network);
        try
        {
            // Gateways start without silos; silos one after the other, for they would only wait for each other at the membership.
            await Task.WhenAll([cluster.StartSilosAsync(silos), .. Enumerable.Range(0, gateways).Select(_ => cluster.AddGatewayAsync())]);
            cluster._watching = Task.Run(cluster.WatchAsync);
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }

        return cluster;
    }

    /// <summary>Adds a gateway and waits until it is ready.</summary>
    public async Task<Member> AddGatewayAsync()
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var name = $"gateway-{address.Port}";
        var redis = NewRedisProxy();
        var member = new Member(name, redis, address, async () =>
        {
            var gateway = await GatewayProcess.StartAtAsync(name, address,
            [
                .. Settings(redis),
                "WsCluster:Gateway:AllowAnonymous=true",
                "WsCluster:Gateway:PingInterval=00:00:05",
                "WsCluster:Gateway:PongTimeout=00:00:04",
                "WsCluster:Gateway:DrainWindow=00:00:03",
                "WsCluster:Gateway:MaxRecoveryPublications=100000", // durable channels recover whatever was missed
                "WsCluster:Gateway:MaxHistoryPublications=1000",
                $"WsCluster:Api:Keys:0={ApiKey}",
                $"WsCluster:Tokens:HmacSecret={ChaosUsers.TokenSecret}",
            ]);
            return (gateway.Process, gateway);
        });
        await member.StartAsync();
        lock (_gateways)
        {
            _gateways.Add(member);
        }

        return member;
    }

    /// <summary>Stops a gateway gracefully and forgets it.</summary>
    public async Task RemoveGatewayAsync(Member gateway)
    {
        lock (_gateways)
        {
            _gateways.Remove(gateway);
        }

        await gateway.StopAsync();
        await gateway.EndAsync();
    }

    /// <summary>Waits until every process runs, those included that ended by themselves.</summary>
    public Task WaitUntilWholeAsync() => Patience.UntilNoTroubleAsync(
        Patience.ForScenario,
        () => Task.FromResult(Members.FirstOrDefault(m => m is { IsHeldDown: true } or { Process.HasExited: true }) is { } missing
            ? $"{missing.Name} does not come back."
            : null));

    /// <summary>Waits until every atomic set that was decided is in all of its channels: nobody but the silos sees to that.</summary>
    public async Task WaitUntilSetsAreCompleteAsync()
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(Redis.ConnectionString);
        await Patience.UntilNoTroubleAsync(
            Patience.ForScenario,
            async () => await redis.GetDatabase().SortedSetLengthAsync($"wscluster:{{{ClusterId}}}:sets:pending") is > 0 and var pending
                ? $"{pending} atomic sets stay incomplete."
                : null);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        foreach (var member in Members)
        {
            await member.EndAsync();
        }

        await Redis.DisposeAsync();
        if (Network is not null)
        {
            await Network.DisposeAsync();
        }

        _stop.Dispose();
    }

    private async Task StartSilosAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Silos.Add(await StartSiloAsync(i));
        }
    }

    private async Task<Member> StartSiloAsync(int index)
    {
        var place = SiloPlace.Local() with { Program = ("tests/ChaosSilo", "WsCluster.Tests.ChaosSilo.dll") };
        if (Network is not null)
        {
            var (networkNamespace, address) = await Network.AddAsync();
            place = place with { Address = address, NetworkNamespace = networkNamespace };
        }

        var name = $"silo-{index}";
        var redis = NewRedisProxy();
        var member = new Member(name, redis, new Uri($"http://{place.Address}:{place.HttpPort}"), async () =>
        {
            var silo = await SiloProcess.StartAtAsync(name, place, [.. Settings(redis)]);
            return (silo.Process, silo);
        });
        await member.StartAsync();
        return member;
    }

    private TcpProxy NewRedisProxy() => new(Network?.HostAddress ?? IPAddress.Loopback, new IPEndPoint(IPAddress.Loopback, Redis.Port));

    private IEnumerable<string> Settings(TcpProxy redis) =>
    [
        $"WsCluster:Redis={redis.EndPoint}",
        $"WsCluster:ClusterId={ClusterId}",
        $"WsCluster:ConfigFile={Path.Combine(Repository.Chaos, "cluster.json")}",
    ];

    /// <summary>Does what an orchestrator does.</summary>
    private async Task WatchAsync()
    {
        var starting = new Dictionary<Member, Task>();
        while (!_stop.IsCancellationRequested)
        {
            foreach (var member in Members.Where(m => m is { IsHeldDown: false, Process.HasExited: true }))
            {
                if (!starting.TryGetValue(member, out var start) || start.IsCompleted)
                {
                    _ends.Enqueue($"{member.Name} ended by itself with code {member.Process.ExitCode}");
                    starting[member] = member.StartAsync();
                }
            }

            await Task.Delay(200, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }

        await Task.WhenAll(starting.Values);
    }
}
