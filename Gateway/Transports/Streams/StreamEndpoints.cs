using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Transports.Emulation;

namespace WsCluster.Gateway.Transports.Streams;

/// <summary>Adds the transports beside WebSocket and puts those that are on at their addresses.</summary>
internal static class StreamEndpoints
{
    /// <summary>A request line may be this long: an event stream has its connect command, with tokens, in there.</summary>
    public const int MaxRequestLineBytes = 64 * 1024;

    /// <summary>Adds what the transports consist of.</summary>
    public static void AddStreams(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddCheckedOptions<TransportOptions>(configuration, TransportOptions.SectionName);
        services.AddSingleton<CrossOrigin>();
        services.AddSingleton<EmulatedSessions>();
        services.AddSingleton<UplinkDirectory>();
        services.AddSingleton<UplinkRouter>();
        services.AddSingleton<EmulationEndpoint>();
        services.AddSingleton<StreamEndpoint>();
        services.AddSingleton<UniWebSocketEndpoint>();
    }

    /// <summary>Maps the transports that are on; the others are 404.</summary>
    public static void MapStreams(this IEndpointRouteBuilder app)
    {
        // The endpoints themselves are made by the first request: what they need exists only when the cluster's client has started.
        var options = app.ServiceProvider.GetRequiredService<IOptions<TransportOptions>>().Value;
        (StreamKind Kind, bool IsOn)[] kinds =
        [
            (StreamKind.HttpStream, options.HttpStream),
            (StreamKind.Sse, options.Sse),
            (StreamKind.UniHttpStream, options.UniHttpStream),
            (StreamKind.UniSse, options.UniSse),
        ];
        foreach (var kind in kinds.Where(k => k.IsOn).Select(k => k.Kind))
        {
            app.Map(kind.Path, (HttpContext context, StreamEndpoint endpoint) => endpoint.HandleAsync(context, kind));
        }

        // Also on a gateway without streams of its own: requests may arrive anywhere.
        app.Map(EmulationEndpoint.Path, (HttpContext context, EmulationEndpoint endpoint) => endpoint.HandleAsync(context));
        if (options.UniWebSocket)
        {
            app.Map(UniWebSocketEndpoint.Path, (HttpContext context, UniWebSocketEndpoint endpoint) => endpoint.HandleAsync(context));
        }
    }
}
