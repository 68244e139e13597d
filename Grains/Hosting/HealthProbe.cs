using Microsoft.Extensions.Configuration;

namespace WsCluster.Grains.Hosting;

/// <summary>
/// The <c>healthcheck</c> sub-command of silo and gateway: asks the process on this host whether it is ready. Container
/// images have no curl.
/// </summary>
public static class HealthProbe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>True when the command line asks for the probe instead of a server.</summary>
    public static bool IsAskedFor(string[] args) => args is ["healthcheck", ..];

    /// <summary>Asks <c>/health/ready</c> at the first of the process's addresses.</summary>
    /// <param name="configuration">The process's configuration.</param>
    /// <param name="urlsKey">The setting with the addresses that serve health; when it is empty, <c>urls</c> is.</param>
    /// <param name="defaultUrl">Where the process listens when nothing is set.</param>
    /// <returns>The exit code: 0 when ready, 1 when not.</returns>
    public static async Task<int> RunAsync(IConfiguration configuration, string urlsKey, string defaultUrl)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(defaultUrl);
        var urls = configuration[urlsKey] is { Length: > 0 } own ? own : configuration["urls"] ?? defaultUrl;
        var url = urls.Split(';', StringSplitOptions.TrimEntries)[0]
            .Replace("//*", "//localhost", StringComparison.Ordinal)
            .Replace("//+", "//localhost", StringComparison.Ordinal)
            .Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal)
            .Replace("//[::]", "//localhost", StringComparison.Ordinal);
        using var handler = new HttpClientHandler();
#pragma warning disable CA5400 // It asks its own process, by a name that no certificate has, and sends nothing secret.
        handler.ServerCertificateCustomValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5400
        using var http = new HttpClient(handler) { Timeout = Limit };
        try
        {
            using var answer = await http.GetAsync(new Uri($"{url.TrimEnd('/')}/health/ready"));
            Console.WriteLine(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or UriFormatException)
        {
            Console.WriteLine($"No answer from {url}: {e.Message}");
            return 1;
        }
    }
}
