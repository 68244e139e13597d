using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Hosting;
using WsCluster.Tests.Unit.Docs;
using YamlDotNet.RepresentationModel;

namespace WsCluster.Tests.Unit.Deploy;

/// <summary>What manifests and compose file set is known to the product, and their times fit together.</summary>
public sealed class DeployedSettingsTests
{
    [Theory, InlineData("wscluster-gateway"), InlineData("wscluster-silo")]
    public void Settings_OfManifests_AreKnown(string pod)
    {
        var configuration = DeployedSettings.Of(pod);

        Assert.NotEmpty(configuration.GetSection("WsCluster:Channels:Namespaces").GetChildren());
        Assert.Empty(Unknown(configuration));
    }

    [Theory, InlineData("gateway"), InlineData("silo"), InlineData("ticker")]
    public void Settings_OfTheComposeFile_AreKnown(string service)
    {
        var root = ConfigurationReferenceTests.RepositoryRoot();
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(Path.Combine(root, "docker-compose.yml"))));
        var environment = Merged((YamlMappingNode)stream.Documents[0].RootNode["services"][service]["environment"]);
        var configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(root, "deploy", "compose", "wscluster.json"))
            .AddInMemoryCollection(environment.Select(variable => DeployedSettings.Setting((string)variable.Key!, (string?)variable.Value)))
            .Build();

        Assert.NotNull(configuration["WsCluster:Redis"]);
        Assert.Empty(Unknown(configuration));
    }

    [Fact]
    public void Setting_ThatNothingReads_IsFound()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([DeployedSettings.Setting("WsCluster__Gateway__DrainWindows", "1"), DeployedSettings.Setting("WsCluster__Gatway__Id", "1")])
            .Build();

        var unknown = Unknown(configuration);

        Assert.Contains(unknown, problem => problem.StartsWith("WsCluster:Gateway:DrainWindows is not a known key", StringComparison.Ordinal));
        Assert.Contains(unknown, problem => problem.StartsWith("WsCluster:Gatway is not a known section", StringComparison.Ordinal));
    }

    [Fact]
    public async Task GatewayPod_HasMoreTimeThanItsGatewayTakes()
    {
        var configuration = DeployedSettings.Of("wscluster-gateway");
        var collection = new ServiceCollection();
        collection.AddWsClusterGateway(configuration);
        await using var services = collection.BuildServiceProvider();
        var longest = services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
        var pod = Manifests.Pods["wscluster-gateway"].Spec;
        var command = pod.Containers.Single().Lifecycle.PreStop.Exec.Command;
        Assert.Equal("sleep", command[0]);

        Assert.True(longest >= services.GetRequiredService<IOptions<GatewayOptions>>().Value.DrainWindow);
        Assert.True(TimeSpan.FromSeconds(int.Parse(command[1], null)) + longest < TimeSpan.FromSeconds(pod.TerminationGracePeriodSeconds!.Value));
    }

    [Fact]
    public void SiloPod_HasMoreTimeThanItsSiloTakes() => Assert.True(
        new HostOptions().ShutdownTimeout < TimeSpan.FromSeconds(Manifests.Pods["wscluster-silo"].Spec.TerminationGracePeriodSeconds!.Value));

    /// <summary>The entries of a mapping, and of those that it takes over (&lt;&lt;).</summary>
    private static IEnumerable<KeyValuePair<YamlNode, YamlNode>> Merged(YamlMappingNode mapping) => mapping.SelectMany(entry =>
        (string?)entry.Key == "<<" ? Merged((YamlMappingNode)entry.Value) : [entry]);

    /// <summary>What the product itself would refuse at its start.</summary>
    private static List<string> Unknown(IConfiguration configuration)
    {
        const string Root = ClusterOptions.SectionName;
        string[] inside = [.. DeployedSettings.Sections.Keys.Where(section => section != Root).Select(section => section[(Root.Length + 1)..])];
        return
        [
            .. DeployedSettings.Sections.SelectMany(section =>
                UnknownKeys.Find(configuration, section.Key, section.Value, section.Key == Root ? inside : [])),
            .. DeployedSettings.Sections.SelectMany(section => UnreadableValues.Find(configuration, section.Key, section.Value)),
            .. configuration.GetSection(Root).GetChildren()
                .Where(child => child.GetChildren().Any() && !inside.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                .Select(child => $"{child.Path} is not a known section."),
        ];
    }
}
