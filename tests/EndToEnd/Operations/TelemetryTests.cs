using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WsCluster.Client;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Operations;

/// <summary>What a running gateway tells those who watch it.</summary>
public sealed class TelemetryTests(ObservedGateway observed) : IClassFixture<ObservedGateway>
{
    [Fact]
    public async Task Traces_PublishByApiAndByClient_GoFromThePublishToTheSocket()
    {
        await using var client = new WsClusterClient(observed.Gateway.WebSocketAddress);
        await client.ConnectAsync();
        var subscription = client.NewSubscription("chat:traced");
        await subscription.SubscribeAsync();
        using var api = new ServerApi(observed.Gateway);

        await subscription.PublishAsync("1"u8.ToArray());
        await api.CallAsync("publish", new { channel = "chat:traced", data = 2 });

        await Patience.UntilAsync("whole traces of both", () => Task.FromResult(
            HasWhole(span => span.Name == "publish") && HasWhole(span => span.Name == "POST /api/publish")));
    }

    [Fact]
    public async Task Metrics_AfterAPublish_CountIt()
    {
        using var api = new ServerApi(observed.Gateway);
        await api.CallAsync("publish", new { channel = "chat:counted", data = 1 });

        var text = await GetAsync("/metrics");

        Assert.InRange(Sum(text, "wscluster_publications_total"), 1, double.MaxValue);
        Assert.InRange(Sum(text, "wscluster_gateway_api_latency_seconds_count"), 1, double.MaxValue);
        Assert.Equal(1, Sum(text, "wscluster_gateway_ready"));
        Assert.Equal(1, Sum(text, "wscluster_silo_ready"));
    }

    [Fact]
    public async Task Health_SaysWhatWasChecked()
    {
        Assert.Equal("live", (string?)JsonNode.Parse(await GetAsync("/health/live"))!["status"]);
        var ready = JsonNode.Parse(await GetAsync("/health/ready"))!;
        Assert.Equal("ready", (string?)ready["status"]);
        Assert.Equal(["cluster", "deliveries", "draining", "revocations"], ready["checks"]!.AsObject().Select(check => check.Key).Order());
    }

    /// <summary>True when some trace that begins like this has every step below its beginning.</summary>
    private bool HasWhole(Func<Span, bool> isBeginning) => observed.Collector.Spans.Where(isBeginning).Any(first =>
    {
        var trace = observed.Collector.Spans.Where(span => span.Trace == first.Trace).ToList();
        return trace.Find(span => span.Name == "channel" && span.Parent == first.Id) is { } channel
            && trace.Exists(span => span.Name == "outbox" && span.Parent == channel.Id)
            && trace.Find(span => span.Name == "deliver" && span.Parent == channel.Id) is { } deliver
            && trace.Exists(span => span.Name == "write" && span.Parent == deliver.Id);
    });

    private async Task<string> GetAsync(string path)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(observed.Gateway.Address, path));
    }

    private static double Sum(string metrics, string name) =>
        Regex.Matches(metrics, $@"^{name}(?:\{{[^}}]*\}})? ([0-9.eE+]+)", RegexOptions.Multiline).Sum(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
}
