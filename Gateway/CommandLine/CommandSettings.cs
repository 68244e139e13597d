using WsCluster.Configuration;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.ServerApi;
using WsCluster.Grains.Hosting;

namespace WsCluster.Gateway.CommandLine;

/// <summary>The configuration that the gateway would have with the same settings, read when a command first asks for something.</summary>
/// <param name="settings">The settings of the command line.</param>
internal sealed class CommandSettings(IReadOnlyList<string> settings)
{
    private readonly Lazy<ConfigurationManager> _configuration = new(() => Read(settings));

    /// <summary>All of it.</summary>
    public IConfiguration Configuration => _configuration.Value;

    /// <summary>The first key of the HTTP API; null when there is none.</summary>
    public string? ApiKey => Configuration[$"{ApiOptions.SectionName}:{nameof(ApiOptions.Keys)}:0"];

    /// <summary>Where the HTTP API is below an address.</summary>
    public string ApiPrefix => Configuration[$"{ApiOptions.SectionName}:{nameof(ApiOptions.Prefix)}"] ?? new ApiOptions().Prefix;

    /// <summary>Where connections are taken.</summary>
    public Uri PublicAddress => AddressOf(Configuration["urls"]);

    /// <summary>Where the HTTP API is served.</summary>
    public Uri InternalAddress =>
        AddressOf(Configuration[$"{GatewayOptions.SectionName}:{nameof(GatewayOptions.InternalUrls)}"] is { Length: > 0 } inside ? inside : Configuration["urls"]);

    private static Uri AddressOf(string? urls)
    {
        var first = (urls is { Length: > 0 } ? urls : GatewayServer.DefaultUrl).Split(';', StringSplitOptions.TrimEntries)[0];
        return GatewayTarget.Parse(StartBanner.Reachable(first), "urls");
    }

    private static ConfigurationManager Read(IReadOnlyList<string> settings)
    {
        var builder = GatewayServer.CreateBuilder([.. settings]);
        builder.Configuration.AddSharedFile();
        builder.Configuration.ReadChecked<ClusterOptions>(ClusterOptions.SectionName, GatewayServer.Sections);
        return builder.Configuration;
    }
}
