using System.Globalization;
using System.Text.RegularExpressions;
using WsCluster.Tests.Hostile.Harness;

namespace WsCluster.Tests.Hostile.Limits;

/// <summary>A gateway whose limits are so low that a few commands reach them, and whose metrics anybody may read.</summary>
public sealed class LimitedGateway : IAsyncLifetime
{
    /// <summary>The API's key.</summary>
    public const string ApiKey = "limited-api-key-0123456789";

    private static readonly HttpClient Http = new() { Timeout = Patience.ForEvent };

    private GatewayProcess? _process;

    /// <summary>Its HTTP address.</summary>
    public Uri Address => _process!.Address;

    /// <summary>The secret of HMAC tokens.</summary>
    public string HmacSecret { get; } = "limited-gateway-secret-of-32-characters-or-more";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _process = await GatewayProcess.StartEmbeddedAsync(
        $"WsCluster:Tokens:HmacSecret={HmacSecret}",
        $"WsCluster:Api:Keys:0={ApiKey}",
        "WsCluster:Api:MaxBodyBytes=2048",
        "WsCluster:Api:MaxBatchCommands=20",
        "WsCluster:Api:MaxBroadcastChannels=50",
        "WsCluster:Api:MaxCommandsPerSecondPerKey=30",
        "WsCluster:Users:MaxConnections=2",
        "WsCluster:Gateway:TrustedProxies:0=127.0.0.1",
        "WsCluster:Gateway:MaxConnections=30",
        "WsCluster:Gateway:MaxConnectionsPerAddress=5",
        "WsCluster:Gateway:MaxHandshakesPerSecondPerAddress=1", // ten at once
        "WsCluster:Gateway:StaleTimeout=00:00:02",
        "WsCluster:Gateway:MaxCommandsPerSecond=20",
        "WsCluster:Gateway:MaxBytesPerSecond=10000",
        "WsCluster:Gateway:MaxChannelsPerConnection=3",
        "WsCluster:Gateway:MaxChannelLength=30",
        "WsCluster:Gateway:MaxMessageBytes=100000",
        "WsCluster:Gateway:MaxQueuedBytes=16384",
        "WsCluster:Gateway:MaxJsonDepth=10",
        "WsCluster:Gateway:MaxCommandsPerMessage=200",
        "WsCluster:Gateway:MaxErrorsPerMinute=10",
        "WsCluster:Gateway:MaxHistoryPublicationsPerSecond=1", // ten at once
        "WsCluster:Channels:WithoutNamespace:AllowSubscribeForClient=true",
        "WsCluster:Channels:WithoutNamespace:AllowSubscribeForAnonymous=true",
        "WsCluster:Channels:Namespaces:kept:HistorySize=20",
        "WsCluster:Channels:Namespaces:kept:HistoryTtl=00:10:00",
        "WsCluster:Channels:Namespaces:kept:AllowHistoryForClient=true",
        "WsCluster:Channels:Namespaces:kept:AllowHistoryForAnonymous=true",
        "WsCluster:Telemetry:Prometheus=true");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>What a counter has counted, of the series that have all of these labels.</summary>
    internal async Task<double> ReadAsync(string counter, string labels)
    {
        var series = new Regex($"^{counter}{{(?<labels>[^}}]*)}} (?<value>[^ \n]+)", RegexOptions.Multiline);
        return series.Matches(await Http.GetStringAsync(new Uri(Address, "/metrics")))
            .Where(match => match.Groups["labels"].Value.Split(',').Contains(labels))
            .Sum(match => double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>Runs an attack, after which the counter must have counted it.</summary>
    internal async Task CountsAsync(string counter, string labels, Func<Task> attack)
    {
        var before = await ReadAsync(counter, labels);
        await attack();
        await Patience.UntilAsync($"{counter}{{{labels}}} to count", async () => await ReadAsync(counter, labels) > before);
    }
}
