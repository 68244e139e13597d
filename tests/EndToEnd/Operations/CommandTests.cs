using System.Text.Json.Nodes;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Operations;

/// <summary>The gateway binary's commands against a running gateway.</summary>
public sealed class CommandTests(ObservedGateway observed) : IClassFixture<ObservedGateway>
{
    private string Url => $"--url={observed.Gateway.Address}";

    [Fact]
    public async Task Subscribe_HistoryAndLive_PrintsJsonLinesUntilTheCount()
    {
        await PublishAsync("chat:lines", """{"n":1}""");
        await using var subscriber = GatewayProcess.Launch("subscribe", ["subscribe", "chat:lines", Url, "--user", "ann", $"--WsCluster:Tokens:HmacSecret={TestCluster.Secret}", "--json-lines", "--history", "1", "--count", "2"]);
        await subscriber.WaitUntilAsync("it is subscribed", () => Task.FromResult(subscriber.Log.Contains("Subscribed to chat:lines", StringComparison.Ordinal)));

        await PublishAsync("chat:lines", "hello", "--text", "--tag", "kind=greeting");

        Assert.Equal(0, await subscriber.WaitForExitAsync());
        var lines = subscriber.Lines.Where(line => line.StartsWith('{')).Select(line => JsonNode.Parse(line)!.AsObject()).ToList();
        Assert.Equal(["""{"n":1}""", "\"hello\""], lines.Select(line => line["data"]!.ToJsonString()));
        Assert.Equal([1UL, 2UL], lines.Select(line => (ulong)line["offset"]!));
        Assert.Equal("greeting", (string?)lines[1]["tags"]!["kind"]);
    }

    [Fact]
    public async Task Subscribe_Interrupted_EndsWithZero()
    {
        await using var subscriber = GatewayProcess.Launch("subscribe", ["subscribe", "chat:interrupted", Url]);
        await subscriber.WaitUntilAsync("it is subscribed", () => Task.FromResult(subscriber.Log.Contains("Subscribed to", StringComparison.Ordinal)));

        Assert.Equal(0, await subscriber.StopAsync());
        Assert.DoesNotContain("   at ", subscriber.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bench_SmallRun_DeliversEverythingAndSaysSo()
    {
        await using var bench = GatewayProcess.Launch("bench", ["bench", Url, "--subscribers", "10", "--publishers", "2", "--rate", "50", "--seconds", "1", "--json"]);

        Assert.Equal(0, await bench.WaitForExitAsync());
        var result = JsonNode.Parse(bench.Lines.Last(line => line.StartsWith('{')))!;
        Assert.Equal(50, (int)result["acknowledged"]!);
        Assert.Equal(500, (int)result["delivered"]!);
        Assert.InRange((double)result["delivery_ms"]!["p99"]!, 0.001, double.MaxValue);
    }

    [Fact]
    public async Task Top_WithoutATerminal_PrintsTheTableOnce()
    {
        await using var top = GatewayProcess.Launch("top", ["top", Url, "--api-key", TestCluster.ApiKey]);

        Assert.Equal(0, await top.WaitForExitAsync());
        Assert.Contains("1 gateway, 1 silo", top.Log, StringComparison.Ordinal);
        Assert.Contains($"_{observed.Gateway.Address.Port}", top.Log, StringComparison.Ordinal);
    }

    private async Task PublishAsync(string channel, string data, params string[] options)
    {
        await using var publish = GatewayProcess.Launch("publish", ["publish", channel, data, Url, "--api-key", TestCluster.ApiKey, .. options]);
        Assert.Equal(0, await publish.WaitForExitAsync());
        Assert.Contains("offset ", publish.Log, StringComparison.Ordinal);
    }
}
