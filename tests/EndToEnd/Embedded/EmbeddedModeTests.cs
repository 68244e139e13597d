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
            "WsCluster:Channels:Namespaces:durable:Durability=Memory", // there is no Redis
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
    [InlineData("ClusterId=not a name", "ClusterId is 'not a name', but must match")]
    [InlineData("ConfigFile=no-such-file.json", "ConfigFile is 'no-such-file.json', but must be an existing JSON file.")]
    [InlineData("Silo:Port=700000", "Silo:Port is 700000, but must be from 1 to 65535.")]
    [InlineData("Users:MaxConnections=-1", "Users:MaxConnections is -1, but must be from 0 to")]
    [InlineData("Gateway:AllowAnonymous=perhaps", "Gateway:AllowAnonymous is 'perhaps', but must be true or false.")]
    [InlineData("Gateway:PingInterval=soon", "Gateway:PingInterval is 'soon', but must be a time")]
    [InlineData("Gateway:PongTimeout=01:00:00", "Gateway:PongTimeout is 01:00:00, but must be shorter than WsCluster:Gateway:PingInterval")]
    [InlineData("Channels:WithoutNamespace:HistorySize=-5", "Channels:WithoutNamespace:HistorySize is -5, but must be from 0 to")]
    [InlineData("Channels:Namespaces:chat:HistorySize=many", "Channels:Namespaces:chat:HistorySize is 'many', but must be a whole number.")]
    [InlineData("Channels:Namespaces:chat:ChannelRegex=[a-", "Channels:Namespaces:chat:ChannelRegex is '[a-', but must be a regular expression")]
    [InlineData("Channels:Namespaces:chat:AllowedDeltaTypes:0=xdelta", "Channels:Namespaces:chat:AllowedDeltaTypes has 'xdelta', but")]
    [InlineData("Channels:Namespaces:no spaces:Presence=true", "Channels:Namespaces:no spaces is not a namespace's name: it must match")]
    public async Task Start_WrongSetting_EndsWithASentenceThatNamesKeyValueAndRule(string setting, string sentence)
    {
        await using var process = GatewayProcess.Launch("wrong-setting", [$"--WsCluster:{setting}"]);
        Assert.Equal(1, await process.WaitForExitAsync());
        Assert.Contains($"WsCluster:{sentence}", process.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Log, StringComparison.Ordinal); // no stack trace
    }

    [Fact]
    public async Task Start_PortInUse_EndsWithASentence()
    {
        using var occupant = new TcpListener(IPAddress.Loopback, 0);
        occupant.Start();
        var port = ((IPEndPoint)occupant.LocalEndpoint).Port;
        var address = $"http://127.0.0.1:{port}";
        await using var process = GatewayProcess.Launch(
            "port-in-use", ["--urls", address, $"--WsCluster:Silo:Port={FreePort.Next()}", $"--WsCluster:Silo:GatewayPort={FreePort.Next()}"]);
        Assert.Equal(1, await process.WaitForExitAsync());
        Assert.Contains("urls ", process.Log, StringComparison.Ordinal);
        Assert.Contains(address, process.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Log, StringComparison.Ordinal);
    }
}
