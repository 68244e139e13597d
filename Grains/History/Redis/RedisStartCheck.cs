using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using WsCluster.Configuration;

namespace WsCluster.Grains.History.Redis;

/// <summary>
/// Connects before the silo starts, and stops the start when a namespace promises what this Redis cannot keep: RedisFsync needs
/// an append-only file that is synced before each answer, or <c>WAITAOF</c> to wait for it.
/// </summary>
internal sealed class RedisStartCheck(
    IOptions<ChannelNamespaces> namespaces, RedisLink link, FsyncBarrier barrier, ILogger<RedisStartCheck> logger) : IHostedLifecycleService
{
    private static readonly Version FirstWithWaitAof = new(7, 2);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5); // nobody waits for a start as for a publish

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (InRedis().Any())
        {
            await link.ConnectAsync();
            await CheckAsync();
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<(string Path, ChannelDurability Durability)> InRedis() =>
        namespaces.Value.All().Where(entry => entry.Options.IsInRedis).Select(entry => (entry.Path, entry.Options.Durability));

    private async Task CheckAsync()
    {
        var strict = InRedis().FirstOrDefault(entry => entry.Durability == ChannelDurability.RedisFsync);
        if (link.IsAway && strict.Path is null)
        {
            return; // it may come later: publishes get temporary errors until then
        }

        // The client library keeps these questions to connections of administrators. When Redis is away this throws, and the start says so.
        await using var connection = await link.OpenAsync(CallTimeout, isAdministrator: true);
        var servers = connection.GetServers().Where(server => !server.IsReplica).ToList();
        var writesFile = true;
        var syncsAlways = true;
        var canWait = true;
        foreach (var server in servers)
        {
            var persistence = (await server.InfoAsync("persistence")).SelectMany(section => section);
            writesFile &= persistence.Any(line => line is { Key: "aof_enabled", Value: "1" });
            canWait &= server.Version >= FirstWithWaitAof;
            syncsAlways &= await SyncsAlwaysAsync(server);
        }

        if (!writesFile)
        {
            RedisHistoryLog.NoAppendOnlyFile(logger);
        }

        if (strict.Path is not null && (!writesFile || !(syncsAlways || (canWait && servers.Count == 1))))
        {
            throw new OptionsValidationException(
                ChannelNamespaces.SectionName,
                typeof(ChannelNamespaces),
                [$"{strict.Path}:{nameof(ChannelOptions.Durability)} is RedisFsync, but WsCluster:Redis must then have appendonly yes, and either appendfsync always or be a single Redis of version 7.2 or newer: it has appendonly {(writesFile ? "yes" : "no")} and version {servers[0].Version}."]);
        }

        barrier.IsNeeded = !syncsAlways;
    }

    private static async Task<bool> SyncsAlwaysAsync(IServer server)
    {
        try
        {
            return (await server.ConfigGetAsync("appendfsync")).Any(setting => setting.Value == "always");
        }
        catch (RedisServerException)
        {
            return false; // hosted ones forbid the question; those can wait
        }
    }
}
