using WsCluster.Configuration;
using WsCluster.Gateway.Authentication;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Proxies;
using WsCluster.Gateway.ServerApi;
using WsCluster.Gateway.Transports.Streams;
using WsCluster.Grains.Authorization;
using WsCluster.Grains.History.Redis;
using WsCluster.Grains.Hosting;
using WsCluster.Grains.Limits;
using WsCluster.Grains.Revocations;
using WsCluster.Grains.Routing;
using WsCluster.Grains.Users;

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
        ("channels", $"{ChannelNamespaces.SectionName}:…", typeof(ChannelOptions)),
        ("gateway", GatewayOptions.SectionName, typeof(GatewayOptions)),
        ("transports", TransportOptions.SectionName, typeof(TransportOptions)),
        ("tokens", TokenOptions.SectionName, typeof(TokenOptions)),
        ("jwks", $"{TokenOptions.SectionName}:Jwks:0", typeof(JwksOptions)),
        ("proxy", ProxyOptions.SectionName, typeof(ProxyOptions)),
        ("api", ApiOptions.SectionName, typeof(ApiOptions)),
        ("silo", SiloEndpointOptions.SectionName, typeof(SiloEndpointOptions)),
        ("users", UserOptions.SectionName, typeof(UserOptions)),
        ("revocations", RevocationOptions.SectionName, typeof(RevocationOptions)),
        ("authorizer", AuthorizerOptions.SectionName, typeof(AuthorizerOptions)),
        ("delivery", DeliveryOptions.SectionName, typeof(DeliveryOptions)),
        ("limits", SiloLimitOptions.SectionName, typeof(SiloLimitOptions)),
        ("redishistory", RedisHistoryOptions.SectionName, typeof(RedisHistoryOptions)),
        ("client", WsClusterClientOptions.SectionName, typeof(WsClusterClientOptions)),
    ];

    [Fact]
    public void ConfigurationPage_HoldsEveryKeyOfTheOptionsClasses()
    {
        var file = Path.Combine(RepositoryRoot(), "docs", "configuration.md");
        var written = File.ReadAllText(file);
        var expected = Tables.Aggregate(written, (page, table) => Fill(page, table.Name, ConfigurationReference.Table(table.Section, table.Options)));
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            File.WriteAllText(file, expected);
            return;
        }

        Assert.Equal(expected, written);
    }

    /// <summary>Replaces what stands between the page's two marks for a table.</summary>
    private static string Fill(string page, string name, string table)
    {
        var (begin, end) = ($"<!-- {name} -->\n", $"<!-- /{name} -->");
        var from = page.IndexOf(begin, StringComparison.Ordinal);
        var to = page.IndexOf(end, StringComparison.Ordinal);
        Assert.True(from >= 0 && to > from, $"docs/configuration.md has no marks for '{name}'.");
        return string.Concat(page.AsSpan(0, from + begin.Length), table, page.AsSpan(to));
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
