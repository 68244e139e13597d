using System.Security.Cryptography;
using WsCluster.Configuration;
using WsCluster.Gateway.ServerApi;

namespace WsCluster.Gateway.Hosting;

/// <summary>
/// The settings of a first minute: without Redis a gateway runs its own silo, lets everybody in and has some namespaces to
/// play with. Everything that is configured wins.
/// </summary>
internal static class EmbeddedMode
{
    /// <summary>Adds the defaults below every other configuration source. Returns the API key that it made up, null when one is configured.</summary>
    public static string? AddEmbeddedDefaults(this ConfigurationManager configuration)
    {
        using var json = typeof(EmbeddedMode).Assembly.GetManifestResourceStream("embedded.json")!;
        var defaults = new ConfigurationBuilder().AddJsonStream(json).Build().AsEnumerable().Where(setting => setting.Value is not null);
        if (configuration.GetSection(ChannelNamespaces.SectionName).GetChildren().Any())
        {
            // Half of the user's channels and half of ours would be neither: ours allow what theirs may not.
            defaults = defaults.Where(setting => !setting.Key.StartsWith(ChannelNamespaces.SectionName, StringComparison.OrdinalIgnoreCase));
        }

        var settings = defaults.ToDictionary();
        string? generatedKey = null;
        if (!configuration.GetSection($"{ApiOptions.SectionName}:Keys").GetChildren().Any())
        {
            generatedKey = RandomNumberGenerator.GetHexString(24, lowercase: true);
            settings[$"{ApiOptions.SectionName}:Keys:0"] = generatedKey;
        }

        configuration.Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource { InitialData = settings });
        return generatedKey;
    }
}
