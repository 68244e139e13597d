using WsCluster;
using WsCluster.Configuration;
using WsCluster.Gateway;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Routing;
using WsCluster.Gateway.ServerApi;
using WsCluster.Gateway.Transports;
using WsCluster.Gateway.Transports.Sockets;
using WsCluster.Gateway.Transports.Streams;
using WsCluster.Grains.Hosting;
using WsCluster.Grains.Hosting.Telemetry;

const string DefaultUrl = "http://localhost:8000";
string[] sections =
[
    "Channels", "Silo", "Users", "Delivery", "Limits", "RedisHistory", "Revocations", "Authorizer",
    "Gateway", "Transports", "Api", "Tokens", "SubscriptionTokens", "Proxy", "Client", "Telemetry",
];

// The settings beside the binary count, wherever the process is started from.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
var configuration = builder.Configuration;
if (HealthProbe.IsAskedFor(args))
{
    configuration.AddSharedFile();
    return await HealthProbe.RunAsync(configuration, $"{GatewayOptions.SectionName}:{nameof(GatewayOptions.InternalUrls)}", DefaultUrl);
}

try
{
    configuration.AddSharedFile();
    var cluster = configuration.ReadChecked<ClusterOptions>(ClusterOptions.SectionName, sections);
    if (configuration["urls"] is null)
    {
        builder.WebHost.UseUrls(DefaultUrl);
    }

    InternalListener.Listen(builder.WebHost, configuration);
    HttpPortCheck.ThrowIfUsed(configuration);

    // Orleans first: it starts before whatever calls grains, and stops after it.
    string? generatedKey = null;
    if (cluster.IsEmbedded)
    {
        generatedKey = configuration.AddEmbeddedDefaults();
        builder.AddWsClusterSilo();
    }
    else
    {
        builder.Services.AddJoiningClient(services => services.AddWsClusterClient(configuration));
    }

    builder.Services.AddWsClusterGateway(configuration);
    builder.Services.AddServerApi(configuration);
    builder.AddTelemetry("wscluster-gateway");
    builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestLineSize = StreamEndpoints.MaxRequestLineBytes);
    builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(http =>
    {
        endpoint.ApplicationServices.GetRequiredService<SocketListenerFactory>().Learn(endpoint);
        return http;
    })));

    var app = builder.Build();
    if (cluster.IsEmbedded)
    {
        app.Services.GetRequiredService<ClusterMembership>().Joined(); // its own silo starts before it listens
    }

    app.UseSecurityHeaders();
    app.UseInternalListener();
    app.UseWebSockets();
    var inside = app.MapInternal();
    inside.MapHealth();
    inside.MapMetrics();
    inside.MapServerApi();
    app.Map(WebSocketEndpoint.Path, (HttpContext context, WebSocketEndpoint endpoint) => endpoint.HandleAsync(context));
    app.MapStreams();
    if (cluster.IsEmbedded)
    {
        inside.MapTryPage();
    }

    GatewayLog.Announce(app.Logger, app.Services);
    app.Lifetime.ApplicationStarted.Register(() => StartBanner.Print(app.Services, cluster, generatedKey));
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (StartFailure.Explain(e, configuration) is { } reasons)
{
    foreach (var reason in reasons)
    {
        await Console.Error.WriteLineAsync(reason);
    }

    return 1;
}
