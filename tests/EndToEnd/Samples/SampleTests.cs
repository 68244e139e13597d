using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Samples;

/// <summary>Each sample, started as `samples/run` starts it and used in a browser. Pictures are beside the logs of the run.</summary>
public sealed class SampleTests
{
    [Fact]
    public Task Chat_InThreeWindows() => RunAsync("Chat", "WsCluster.Samples.Chat.dll", "sample-chat");

    [Fact]
    public Task Game_InThreeWindows() => RunAsync("Game", "WsCluster.Samples.Game.dll", "sample-game");

    [Fact]
    public Task Ticker_InTwoWindows() => RunAsync("Ticker", "WsCluster.Ticker.dll", "sample-ticker", "--Ticker:Interval=00:00:00.100");

    private static async Task RunAsync(string sample, string assembly, string scenario, params string[] settings)
    {
        var page = new Uri($"http://127.0.0.1:{FreePort.Next()}");
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
            $"--Game:Endpoint={gateway.WebSocketAddress}",
            $"--WsCluster:Silo:GatewayPort={siloPort}",
            .. settings,
        ]);
        await server.WaitUntilAsync("it served its page", () => Health.IsLiveAsync(page));
        await Script.RunNodeAsync(scenario, new
        {
            protocol = "json",
            gateways = new[] { gateway.Address.GetLeftPart(UriPartial.Authority) },
            page = page.ToString(),
            pictures = Repository.Artifacts,
        });
        gateway.AssertNoErrors();
        Assert.Equal(0, await server.StopAsync());
    }
}
