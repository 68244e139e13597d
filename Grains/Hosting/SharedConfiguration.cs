using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;

namespace WsCluster.Grains.Hosting;

/// <summary>Lets the processes of a cluster share one configuration file.</summary>
public static class SharedConfiguration
{
    private const string Key = $"{ClusterOptions.SectionName}:{nameof(ClusterOptions.ConfigFile)}";

    /// <summary>
    /// Reads the file of <c>WsCluster:ConfigFile</c>, if there is one: above the process's appsettings, below environment
    /// variables and command line. Changes of the file are taken over while the process runs.
    /// </summary>
    /// <exception cref="OptionsValidationException">The file does not exist or is not JSON.</exception>
    public static void AddSharedFile(this IConfigurationManager configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration[Key] is not { Length: > 0 } file)
        {
            return;
        }

        var path = Path.GetFullPath(file);
        if (!File.Exists(path))
        {
            throw Invalid($"{Key} is '{file}', but must be an existing JSON file.");
        }

        var source = new JsonConfigurationSource { Path = path, ReloadOnChange = true };
        source.ResolveFileProvider();
        var firstWinner = configuration.Sources.TakeWhile(s => s is not EnvironmentVariablesConfigurationSource { Prefix: null or "" }).Count();
        try
        {
            configuration.Sources.Insert(firstWinner, source);
        }
        catch (InvalidDataException e)
        {
            throw Invalid($"{Key} is '{file}', but must be valid JSON: {e.InnerException?.Message ?? e.Message}");
        }
    }

    private static OptionsValidationException Invalid(string problem) => new(ClusterOptions.SectionName, typeof(ClusterOptions), [problem]);
}
