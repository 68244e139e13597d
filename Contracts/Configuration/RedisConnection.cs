using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace WsCluster.Configuration;

/// <summary>Reads the cluster's Redis connection string.</summary>
public static partial class RedisConnection
{
    /// <summary>Parses <see cref="ClusterOptions.Redis"/>; a Redis that is away is retried in the background.</summary>
    /// <exception cref="OptionsValidationException">It is not a connection string; the sentence shows no password.</exception>
    public static ConfigurationOptions Parse(ClusterOptions cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        const string key = $"{ClusterOptions.SectionName}:{nameof(ClusterOptions.Redis)}";
        var shown = Password().Replace(cluster.Redis, "$1***");
        try
        {
            var options = ConfigurationOptions.Parse(cluster.Redis);
            if (options.EndPoints.Count == 0)
            {
                throw Refused($"{key} is '{shown}', but must name at least one host, such as localhost:6379.");
            }

            options.AbortOnConnectFail = false;
            if (cluster.RedisAuthorityFile.Length > 0)
            {
                TrustAuthority(options, cluster.RedisAuthorityFile);
            }

            return options;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw Refused($"{key} is '{shown}', but must be a StackExchange.Redis connection string such as localhost:6379: {e.Message}");
        }
    }

    private static void TrustAuthority(ConfigurationOptions options, string file)
    {
        const string key = $"{ClusterOptions.SectionName}:{nameof(ClusterOptions.RedisAuthorityFile)}";
        if (!options.Ssl)
        {
            throw Refused($"{key} is '{file}', but the connection string of Redis must have ssl=true for it to count.");
        }

        try
        {
            options.TrustIssuer(file);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw Refused($"{key} is '{file}', but must be a PEM file with a certificate: {e.Message}");
        }
    }

    private static OptionsValidationException Refused(string problem) => new(ClusterOptions.SectionName, typeof(ClusterOptions), [problem]);

    [GeneratedRegex("(password=)[^,]*", RegexOptions.IgnoreCase)]
    private static partial Regex Password();
}
