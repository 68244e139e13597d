using WsCluster.Gateway.CommandLine;

namespace WsCluster.Tests.Unit.CommandLine;

/// <summary>Configurations are written and checked.</summary>
public sealed class ConfigCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wscluster-").FullName;

    private string File => Path.Combine(_folder, "wscluster.json");

    [Theory]
    [InlineData("embedded mode, without Redis, the namespaces chat.")]
    [InlineData("cluster wscluster, the namespaces news, rooms.", "--redis", "redis:6379", "--namespace", "rooms", "--namespace", "news", "--origin", "https://example.com")]
    public async Task GenConfig_WhatItWrites_IsGood(string summary, params string[] options)
    {
        var written = await CommandRun.OfAsync(["gen-config", "--output", File, .. options]);
        var check = await CommandRun.OfAsync("check-config", File);

        Assert.Equal(ExitCodes.Done, written.ExitCode);
        Assert.Equal("", check.Error);
        Assert.Contains(summary, check.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, check.ExitCode);
    }

    [Fact]
    public async Task GenConfig_TwiceIntoOneFile_OverwritesNothing()
    {
        await CommandRun.OfAsync("gen-config", "--output", File);
        var before = await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken);

        var again = await CommandRun.OfAsync("gen-config", "--output", File);

        Assert.Equal(ExitCodes.Failed, again.ExitCode);
        Assert.StartsWith("--output is ", again.Error, StringComparison.Ordinal);
        Assert.Equal(before, await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task GenConfig_Twice_HasOtherSecrets() =>
        Assert.NotEqual((await CommandRun.OfAsync("gen-config")).Output, (await CommandRun.OfAsync("gen-config")).Output);

    [Theory]
    [InlineData("WsCluster:Gateway:PingIntervall is not a known key; did you mean PingInterval?", """{"WsCluster":{"Gateway":{"PingIntervall":"00:00:01"}}}""")]
    [InlineData("WsCluster:Silo:Port is 0, but must be from 1 to 65535.", """{"WsCluster":{"Redis":"localhost","Silo":{"Port":0}}}""")]
    [InlineData("WsCluster:Channels:Namespaces:a b is not a namespace's name", """{"WsCluster":{"Channels":{"Namespaces":{"a b":{}}}}}""")]
    [InlineData("WsCluster:Delivery:GatewayLease is 00:00:00, but", """{"WsCluster":{"Redis":"localhost","Delivery":{"GatewayLease":"00:00:00"}}}""")]
    public async Task CheckConfig_SomethingWrong_IsTheSentenceOfTheStart(string sentence, string json)
    {
        await System.IO.File.WriteAllTextAsync(File, json, TestContext.Current.CancellationToken);

        var run = await CommandRun.OfAsync("check-config", File);

        Assert.Equal(ExitCodes.Failed, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckConfig_NobodyCanConnect_IsNoted()
    {
        var run = await CommandRun.OfAsync("check-config", "--WsCluster:Redis=localhost:6379");

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.Contains("Note: nobody can connect", run.Output, StringComparison.Ordinal);
        Assert.Contains("Note: the HTTP API refuses every call", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckConfig_NamespaceWithABehavior_IsTheApplicationsInACluster()
    {
        string[] behavior = ["--WsCluster:Channels:Namespaces:auction:Behavior=true", "--WsCluster:Channels:Namespaces:auction:AllowSubscribeForClient=true"];
        var cluster = await CommandRun.OfAsync(["check-config", "--WsCluster:Redis=localhost:6379", .. behavior]);
        var alone = await CommandRun.OfAsync(["check-config", .. behavior]);

        Assert.Equal("", cluster.Error);
        Assert.Contains("Note: the silos must be a program with a channel behavior for auction.", cluster.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Failed, alone.ExitCode); // this program is the silo, and has none
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
