using Microsoft.Extensions.Options;
using WsCluster.Gateway.ServerApi.Methods;

namespace WsCluster.Gateway.ServerApi;

/// <summary>Puts the HTTP API under its prefix (protocol §22).</summary>
internal static class ServerApiEndpoints
{
    /// <summary>
    /// Maps <c>POST prefix/method</c> for every method, the batch and the old single address. The whole prefix belongs to
    /// the API, whatever the application maps as a fallback: other methods get 405, other paths 404.
    /// </summary>
    public static void MapServerApi(this IEndpointRouteBuilder app)
    {
        var services = app.ServiceProvider;
        var options = services.GetRequiredService<IOptions<ApiOptions>>().Value;
        var endpoint = services.GetRequiredService<ApiEndpoint>();
        var dispatcher = services.GetRequiredService<ApiDispatcher>();
        ApiLog.Announce(services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ServerApiEndpoints)), options);

        foreach (var method in dispatcher.Methods)
        {
            app.Map($"{options.Prefix}/{method.Name}", http => endpoint.HandleAsync(http, body => endpoint.Single(method, body)));
        }

        var batch = services.GetRequiredService<BatchMethod>();
        app.Map($"{options.Prefix}/{BatchMethod.Name}", http => endpoint.HandleAsync(http, batch.Decode));
        app.Map(options.Prefix, http => endpoint.HandleAsync(http, endpoint.Legacy));
        app.Map(options.Prefix + "/{**rest}", http => ApiEndpoint.WriteTextAsync(
            http, StatusCodes.Status404NotFound, $"There is no such method. There are {string.Join(", ", dispatcher.Methods.Select(method => method.Name).Order(StringComparer.Ordinal))}.\n"));
    }
}
