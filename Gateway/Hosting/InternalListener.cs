using Microsoft.Extensions.Options;

namespace WsCluster.Gateway.Hosting;

/// <summary>
/// The operator's side of the gateway: the HTTP API, health, metrics and pages for people. With
/// <see cref="GatewayOptions.InternalUrls"/> they are served on those addresses alone, and the public ones have nothing but
/// connections; without it they are served everywhere.
/// </summary>
internal static class InternalListener
{
    private const string OptionKey = $"{GatewayOptions.SectionName}:{nameof(GatewayOptions.InternalUrls)}";

    /// <summary>Makes the server listen on the internal addresses too, however its public ones are configured.</summary>
    /// <exception cref="OptionsValidationException">One of them is none, or has the port of a public one.</exception>
    public static void Listen(IWebHostBuilder host, ConfigurationManager configuration)
    {
        var urls = Split(configuration[OptionKey]);
        if (urls.Count == 0)
        {
            return;
        }

        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? "").ToList();
        var publicUrls = endpoints.Count > 0 ? endpoints : Split(configuration["urls"]);
        if (FindErrors(urls, publicUrls).ToList() is { Count: > 0 } errors)
        {
            throw new OptionsValidationException(GatewayOptions.SectionName, typeof(GatewayOptions), errors);
        }

        host.ConfigureServices(services => services.AddSingleton<MatcherPolicy>(new InternalEndpointPolicy(urls.Select(PortOf).OfType<int>())));
        if (endpoints.Count > 0)
        {
            // Endpoints make the server ignore "urls", so the internal addresses become endpoints as well.
            configuration.AddInMemoryCollection(urls.Select((url, i) => KeyValuePair.Create($"Kestrel:Endpoints:WsClusterInternal{i}:Url", (string?)url)));
        }
        else
        {
            host.UseUrls([.. publicUrls, .. urls]);
        }
    }

    /// <summary>Where endpoints of the operator's side are mapped: on public addresses they are not there when there are internal ones.</summary>
    public static IEndpointRouteBuilder MapInternal(this IEndpointRouteBuilder app) => app.MapGroup("").WithMetadata(InternalEndpointPolicy.Mark);

    /// <summary>The addresses of a list that is separated by semicolons, as the setting <c>urls</c> is.</summary>
    public static IReadOnlyList<string> Split(string? urls) =>
        (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IEnumerable<string> FindErrors(IReadOnlyList<string> urls, IReadOnlyList<string> publicUrls)
    {
        foreach (var url in urls)
        {
            if (PortOf(url) is not { } port)
            {
                yield return $"{OptionKey} holds '{url}', but must hold addresses with a port, such as http://127.0.0.1:9000.";
            }
            else if (publicUrls.Any(other => PortOf(other) == port))
            {
                yield return $"{OptionKey} holds '{url}', but must have a port of its own: {port} is that of a public address.";
            }
        }
    }

    private static int? PortOf(string url)
    {
        var anyHost = url.Replace("//*", "//localhost", StringComparison.Ordinal).Replace("//+", "//localhost", StringComparison.Ordinal);
        return Uri.TryCreate(anyHost, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri is { Port: > 0, PathAndQuery: "/" } ? uri.Port : null;
    }
}
