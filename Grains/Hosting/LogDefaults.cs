using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace WsCluster.Grains.Hosting;

/// <summary>What the libraries below us log, in a program that says nothing of it: what is worth a line to its operator.</summary>
public static class LogDefaults
{
    private const string Levels = "Logging:LogLevel:";

    private static readonly Dictionary<string, string?> Defaults = new()
    {
        [Levels + "Orleans"] = "Warning",
        [Levels + "Orleans.Runtime.Silo"] = "Error",
        [Levels + "Orleans.Runtime.Watchdog"] = "Error",
        [Levels + "Orleans.Messaging"] = "Critical",
        [Levels + "Polly"] = "None",
    };

    /// <summary>Adds the levels below every other source of configuration, so that whatever is configured wins.</summary>
    public static void AddLogDefaults(this IConfigurationManager configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (!configuration.Sources.OfType<MemoryConfigurationSource>().Any(source => ReferenceEquals(source.InitialData, Defaults)))
        {
            configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        }
    }
}
