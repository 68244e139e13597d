using WsCluster.Configuration;
using WsCluster.Gateway.Admin;
using WsCluster.Gateway.Authentication;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Proxies;
using WsCluster.Gateway.ServerApi;
using WsCluster.Gateway.Transports.Streams;
using WsCluster.Grains.AtomicSets;
using WsCluster.Grains.Authorization;
using WsCluster.Grains.Behaviors;
using WsCluster.Grains.History.Redis;
using WsCluster.Grains.Hosting;
using WsCluster.Grains.Hosting.Telemetry;
using WsCluster.Grains.Limits;
using WsCluster.Grains.Relays;
using WsCluster.Grains.Revocations;
using WsCluster.Grains.Routing;
using WsCluster.Grains.Users;
using WsCluster.Tls;

namespace WsCluster.Tests.Unit.Docs;

/// <summary>
/// docs/configuration.md holds every key, made from the options classes. After a change of options run the unit tests once
/// with the environment variable UPDATE_DOCS=1.
/// </summary>
public class ConfigurationReferenceTests
{
    private static readonly (string Name, string Section, Type Options)[] Tables =
    [
        ("cluster", ClusterOptions.SectionName, typeof(ClusterOptions)),
        ("clustertls", ClusterTlsOptions.SectionName, typeof(ClusterTlsOptions)),
        ("channels", $"{ChannelNamespaces.SectionName}:…", typeof(ChannelOptions)),
        ("gateway", GatewayOptions.SectionName, typeof(GatewayOptions)),
        ("transports", TransportOptions.SectionName, typeof(TransportOptions)),
        ("tokens", TokenOptions.SectionName, typeof(TokenOptions)),
        ("jwks", $"{TokenOptions.SectionName}:Jwks:0", typeof(JwksOptions)),
        ("proxy", ProxyOptions.SectionName, typeof(ProxyOptions)),
        ("api", ApiOptions.SectionName, typeof(ApiOptions)),
        ("console", ConsoleOptions.SectionName, typeof(ConsoleOptions)),
        ("silo", SiloEndpointOptions.SectionName, typeof(SiloEndpointOptions)),
        ("users", UserOptions.SectionName, typeof(UserOptions)),
        ("revocations", RevocationOptions.SectionName, typeof(RevocationOptions)),
        ("authorizer", AuthorizerOptions.SectionName, typeof(AuthorizerOptions)),
        ("behaviors", BehaviorOptions.SectionName, typeof(BehaviorOptions)),
        ("atomicpublish", AtomicPublishOptions.SectionName, typeof(AtomicPublishOptions)),
        ("delivery", DeliveryOptions.SectionName, typeof(DeliveryOptions)),
        ("hotchannels", HotChannelOptions.SectionName, typeof(HotChannelOptions)),
        ("limits", SiloLimitOptions.SectionName, typeof(SiloLimitOptions)),
        ("redishistory", RedisHistoryOptions.SectionName, typeof(RedisHistoryOptions)),
        ("telemetry", TelemetryOptions.SectionName, typeof(TelemetryOptions)),
        ("client", WsClusterClientOptions.SectionName, typeof(WsClusterClientOptions)),
    ];

    [Fact]
    public void ConfigurationPage_HoldsEveryKeyOfTheOptionsClasses()
    {
        DocsPage.AssertHolds("configuration.md", [.. Tables.Select(table => (table.Name, ConfigurationReference.Table(table.Section, table.Options)))]);
    }

    internal static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "WsCluster.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }
}
