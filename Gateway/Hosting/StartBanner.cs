using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Admin;
using WsCluster.Gateway.Routing;
using WsCluster.Gateway.ServerApi;

namespace WsCluster.Gateway.Hosting;

/// <summary>What a person sees when the gateway has started: where to connect and what to try.</summary>
internal static class StartBanner
{
    /// <summary>Prints it to standard output. A key that was made up for this run is shown; a configured one is a secret.</summary>
    public static void Print(IServiceProvider services, ClusterOptions cluster, string? generatedKey)
    {
        var urls = services.GetRequiredService<GatewayAddress>().Urls;
        var url = urls.Count > 0 ? Reachable(urls[0]) : "http://localhost:8000";
        var internalUrls = InternalListener.Split(services.GetRequiredService<IOptions<GatewayOptions>>().Value.InternalUrls);
        var inside = internalUrls.Count > 0 ? Reachable(internalUrls[0]) : url;
        var websocket = "ws" + url["http".Length..] + "/connection/websocket";
        if (!cluster.IsEmbedded)
        {
            Console.WriteLine($"Gateway of cluster {cluster.ClusterId} is up: {websocket}");
            if (services.GetRequiredService<ConsoleAccess>().IsOn)
            {
                Console.WriteLine($"Its console asks for the password: {inside}/");
            }

            return;
        }

        var access = services.GetRequiredService<ConsoleAccess>();
        var api = services.GetRequiredService<IOptions<ApiOptions>>().Value;
        var key = api.Keys.Count > 0 ? $" -H 'X-API-Key: {generatedKey ?? "YOUR_KEY"}'" : "";
        Console.WriteLine($$$"""

            WsCluster is up, in embedded mode: one process, history in memory, everybody may connect.

              Connect   {{{websocket}}}
              Try       {{{inside}}}/   (open it in two windows)
              Console   {{{inside}}}/#/overview   ({{{Say(access)}}})
              Publish   curl {{{inside}}}{{{api.Prefix}}}/publish{{{key}}} -d '{"channel":"chat:lobby","data":{"text":"hello"}}'

            Stop with Ctrl-C.

            """);
    }

    /// <summary>Who may use the console.</summary>
    private static string Say(ConsoleAccess access) => access switch
    {
        { IsOpenHere: true } => "open to everybody on this machine, without a password",
        { IsOn: true } => "asks for the password",
        _ => $"off: {ConsoleOptions.SectionName}:{nameof(ConsoleOptions.Password)} is not set",
    };

    /// <summary>An address that a person can open, also when the server listens on all of them.</summary>
    public static string Reachable(string url) => url
        .Replace("//[::]", "//localhost", StringComparison.Ordinal)
        .Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal)
        .Replace("//*", "//localhost", StringComparison.Ordinal)
        .Replace("//+", "//localhost", StringComparison.Ordinal)
        .TrimEnd('/');
}
