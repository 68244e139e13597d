using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Samples;

/// <summary>Each sample, started as `samples/run` starts it and used in a browser. Pictures are beside the logs of the run.</summary>
public sealed class SampleTests
{
    [Fact]
    public Task Chat_InThreeWindows() => RunBesideGatewayAsync("Chat", "WsCluster.Samples.Chat.dll", "sample-chat");

    [Fact]
    public Task Ticker_InTwoWindows() => RunBesideGatewayAsync("Ticker", "WsCluster.Ticker.dll", "sample-ticker", "--Ticker:Interval=00:00:00.100");

    [Fact]
    public Task Game_InThreeWindows() => RunAloneAsync("Game", "sample-game");

    [Fact]
    public Task Auction_InThreeWindows() => RunAloneAsync("Auction", "sample-auction", "--Auction:Length=00:00:08", "--Auction:Answer=00:00:04", "--Auction:Pause=00:00:01");

    private static async Task RunBesideGatewayAsync(string sample, string assembly, string scenario, params string[] settings)
    {
        var page = AnyAddress();
        var siloPort = FreePort.Next();
        await using var gateway = await GatewayProcess.StartAsync(
            $"gateway-of-{sample}",
            $"WsCluster:Silo:Port={FreePort.Next()}",
            $"WsCluster:Silo:GatewayPort={siloPort}",
            $"WsCluster:ConfigFile={Path.Combine(Repository.Root, "samples", "gateway.json")}",
            $"WsCluster:Gateway:AllowedOrigins:0={page.GetLeftPart(UriPartial.Authority)}");
        await using var server = ServerProcess.StartDotnet(sample, Path.Combine("samples", sample), assembly,
        [
            "--urls", page.ToString(),
            $"--Page:Endpoint={gateway.WebSocketAddress}",
            $"--WsCluster:Silo:GatewayPort={siloPort}",
            .. settings,
        ]);
        await UseAsync(server, scenario, page, gateway.Address);
        gateway.AssertNoErrors();
    }

    /// <summary>One process: gateway, silo with the sample's channels, and page.</summary>
    private static async Task RunAloneAsync(string sample, string scenario, params string[] settings)
    {
        var page = AnyAddress();
        var inside = AnyAddress();
        await using var server = ServerProcess.StartDotnet(sample, Path.Combine("samples", sample), $"WsCluster.Samples.{sample}.dll",
        [
            "--urls", page.ToString(),
            $"--WsCluster:Gateway:InternalUrls={inside}",
            $"--WsCluster:Silo:Port={FreePort.Next()}",
            $"--WsCluster:Silo:GatewayPort={FreePort.Next()}",
            .. settings,
        ]);
        await server.WaitUntilAsync("its gateway was ready", () => Health.IsReadyAsync(inside));
        await UseAsync(server, scenario, page, page);
    }

    private static async Task UseAsync(ServerProcess server, string scenario, Uri page, Uri gateway)
    {
        await server.WaitUntilAsync("it served its page", () => Health.IsLiveAsync(page));
        await Script.RunNodeAsync(scenario, new
        {
            protocol = "json",
            gateways = new[] { gateway.GetLeftPart(UriPartial.Authority) },
            page = page.ToString(),
            pictures = Repository.Artifacts,
        });
        Assert.DoesNotContain(server.Lines, line => line.Contains("fail: ", StringComparison.Ordinal) || line.Contains("Unhandled exception", StringComparison.Ordinal));
        Assert.Equal(0, await server.StopAsync());
    }

    private static Uri AnyAddress() => new($"http://127.0.0.1:{FreePort.Next()}");
}
