using System.Net;
using System.Net.Sockets;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Embedded;

/// <summary>A gateway alone, as `dotnet run --project Gateway` starts it: no Redis, the silo in the same process.</summary>
public sealed class EmbeddedModeTests
{
    [Fact]
    public async Task Start_WithoutSettings_SaysWhereToConnectAndIsReady()
    {
        await using var gateway = await GatewayProcess.StartEmbeddedAsync();
        Assert.Contains(gateway.WebSocketAddress.ToString(), gateway.Process.Log, StringComparison.Ordinal);
        Assert.Contains("anonymous", gateway.Process.Log, StringComparison.OrdinalIgnoreCase);
        gateway.AssertNoErrors();
        Assert.Equal(0, await gateway.Process.StopAsync());
    }

    [Theory, InlineData("publish"), InlineData("recovery"), InlineData("presence"), InlineData("many-channels")]
    public async Task Sdk_OnOneProcess_WorksAsOnACluster(string scenario)
    {
        await using var gateway = await GatewayProcess.StartEmbeddedAsync(
            $"WsCluster:ConfigFile={Path.Combine(Repository.EndToEnd, "cluster.json")}",
            $"WsCluster:Tokens:HmacSecret={TestCluster.Secret}",
            $"WsCluster:Api:Keys:0={TestCluster.ApiKey}");
        var address = gateway.Address.GetLeftPart(UriPartial.Authority);
        await Script.RunNodeAsync(scenario, new
        {
            protocol = "json",
            gateways = new[] { address, address },
            apiKey = TestCluster.ApiKey,
            secret = TestCluster.Secret,
        });
    }

    [Fact]
    public async Task Page_InABrowser_ShowsAPublishedMessage()
    {
        await using var gateway = await GatewayProcess.StartEmbeddedAsync();
        await Script.RunNodeAsync("try-page", new { protocol = "json", gateways = new[] { gateway.Address.GetLeftPart(UriPartial.Authority) } });
    }

    [Theory]
    [InlineData("WsCluster:ClusterId", "not a name")]
    [InlineData("WsCluster:Gateway:PingInterval", "soon")]
    [InlineData("WsCluster:Gateway:PongTimeout", "01:00:00")] // longer than the ping interval
    [InlineData("WsCluster:Gateway:AllowAnonymous", "perhaps")]
    [InlineData("WsCluster:Users:MaxConnections", "-1")]
    [InlineData("WsCluster:Channels:WithoutNamespace:HistorySize", "-5")]
    [InlineData("WsCluster:Channels:Namespaces:chat:HistorySize", "many")]
    [InlineData("WsCluster:Channels:Namespaces:chat:ChannelRegex", "[a-")]
    [InlineData("WsCluster:Channels:Namespaces:chat:AllowedDeltaTypes:0", "xdelta")]
    [InlineData("WsCluster:Channels:Namespaces:no spaces:HistorySize", "5")]
    [InlineData("WsCluster:Silo:Port", "700000")]
    [InlineData("WsCluster:ConfigFile", "no-such-file.json")]
    public async Task Start_WrongSetting_EndsWithASentence(string key, string value)
    {
        await using var process = GatewayProcess.Launch("wrong-setting", ["--urls", $"http://127.0.0.1:{FreePort.Next()}", $"--{key}={value}"]);
        Assert.NotEqual(0, await process.WaitForExitAsync());
        Assert.Contains(key, process.Log, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(value == "5" ? "no spaces" : value, process.Log, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", process.Log, StringComparison.Ordinal); // no stack trace
    }

    [Fact]
    public async Task Start_PortInUse_EndsWithASentence()
    {
        using var occupant = new TcpListener(IPAddress.Loopback, 0);
        occupant.Start();
        var port = ((IPEndPoint)occupant.LocalEndpoint).Port;
        await using var process = GatewayProcess.Launch("port-in-use", ["--urls", $"http://127.0.0.1:{port}"]);
        Assert.NotEqual(0, await process.WaitForExitAsync());
        Assert.Contains($"{port}", process.Log, StringComparison.Ordinal);
        Assert.Contains("in use", process.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Log, StringComparison.Ordinal);
    }
}
