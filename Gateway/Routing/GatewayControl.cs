using System.Diagnostics;
using System.IO.Enumeration;
using WsCluster.Gateway.Canaries;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Ledgers;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;

namespace WsCluster.Gateway.Routing;

/// <summary>Answers what the cluster asks this gateway as a whole.</summary>
internal sealed class GatewayControl(
    GatewayLanes lanes, GatewayAddress address, ConnectionRegistry connections, UserDirectory users, ChannelDirectory channels, LiveLists lists, GatewayLedger ledger,
    GatewayMetrics metrics,
    IServiceProvider services,
    TimeProvider time)
    : IGatewayControl
{
    // Resolved late: hosted services that need this gateway's registration come before them.
    private readonly Lazy<CanaryWatch> _canaries = new(services.GetRequiredService<CanaryWatch>);
    private readonly Lazy<ConnectionHost> _host = new(services.GetRequiredService<ConnectionHost>);
    private readonly long _started = time.GetTimestamp();
    private readonly Lock _sync = new();
    private (TimeSpan Cpu, long At) _lastCpu = (TimeSpan.Zero, time.GetTimestamp()); // guarded by _sync

    public Task<GatewayDescription> DescribeAsync()
    {
        using var process = Process.GetCurrentProcess();
        var (subscriptions, anonymous, occupied, queued) = (0, 0, 0, 0L);
        var delays = _canaries.Value.Delays;
        foreach (var (_, subscribers) in channels.Occupied)
        {
            occupied++;
            subscriptions += subscribers;
        }

        foreach (var connection in connections.All)
        {
            anonymous |= connection.Identity is { User: "" } ? 1 : 0;
            queued += connection.Writer.QueuedBytes;
        }

        return Task.FromResult(new GatewayDescription
        {
            GatewayId = lanes.GatewayId,
            Name = address.Name,
            Version = ProductVersion.Text,
            Clients = connections.Count,
            Users = users.Count + anonymous,
            Subscriptions = subscriptions,
            Channels = occupied,
            Uptime = time.GetElapsedTime(_started),
            CpuPercent = CpuPercent(process.TotalProcessorTime),
            ResidentBytes = process.WorkingSet64,
            Commands = metrics.CommandsTaken,
            Deliveries = metrics.Deliveries,
            QueuedBytes = queued,
            CpuTime = process.TotalProcessorTime,
            IsDraining = _host.Value.IsDraining,
            DeliveryDelay = delays.Count > 0 ? delays[delays.Count / 2] : null,
            SlowestDelay = delays.Count > 0 ? delays[^1] : null,
        });
    }

    public Task<IReadOnlyDictionary<string, int>> GetChannelsAsync(string pattern)
    {
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (name, subscribers) in channels.Occupied)
        {
            if (pattern.Length == 0 || FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false))
            {
                found[name] = subscribers;
            }
        }

        return Task.FromResult<IReadOnlyDictionary<string, int>>(found);
    }

    public Task<IReadOnlyList<ChannelDescription>> ListChannelsAsync(ListQuery query) => Task.FromResult(lists.Channels(query));

    public Task<IReadOnlyList<UserDescription>> ListUsersAsync(ListQuery query) => Task.FromResult(lists.Users(query));

    public Task<IReadOnlyList<ConnectionDescription>> ListConnectionsAsync(ListQuery query) => Task.FromResult(lists.Connections(query));

    public Task ExecuteAnonymousAsync(UserCommand command)
    {
        users.ExecuteAnonymous(command);
        return Task.CompletedTask;
    }

    public Task<GatewayExplanation> ExplainAsync(ExplainQuery query) => Task.FromResult(ledger.Explain(query));

    private double CpuPercent(TimeSpan cpu)
    {
        lock (_sync)
        {
            var now = time.GetTimestamp();
            var elapsed = time.GetElapsedTime(_lastCpu.At, now);
            var percent = elapsed > TimeSpan.Zero ? (cpu - _lastCpu.Cpu) / elapsed * 100 : 0;
            _lastCpu = (cpu, now);
            return Math.Round(percent, 2);
        }
    }
}
