using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Admin;
using WsCluster.Gateway.Routing;
using WsCluster.Gateway.ServerApi;
using WsCluster.Gateway.Transports;
using WsCluster.Gateway.Transports.Sockets;
using WsCluster.Gateway.Transports.Streams;
using WsCluster.Grains.Hosting;
using WsCluster.Grains.Hosting.Telemetry;
using WsCluster.Tls;

namespace WsCluster.Gateway.Hosting;

/// <summary>The gateway as a process: what it is made of, what it serves, and what it says when it cannot start.</summary>
internal static class GatewayServer
{
    /// <summary>Where it listens when nothing is set.</summary>
    public const string DefaultUrl = "http://localhost:8000";

    /// <summary>The sections of <c>WsCluster</c> that gateways, and silos in the same file, read.</summary>
    public static readonly string[] Sections =
    [
        "Channels", "ClusterTls", "Silo", "Users", "Delivery", "Limits", "RedisHistory", "Revocations", "Authorizer", "Behaviors", "AtomicPublish",
        "Gateway", "Transports", "Api", "Tokens", "SubscriptionTokens", "Proxy", "Client", "Telemetry", "Console",
    ];

    /// <summary>Runs it until it is stopped.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var builder = CreateBuilder(args);
        try
        {
            var (app, cluster, generatedKey) = Build(builder, checkPorts: true);
            Map(app, cluster);
            GatewayLog.Announce(app.Logger, app.Services);
            app.Lifetime.ApplicationStarted.Register(() => StartBanner.Print(app.Services, cluster, generatedKey));
            await app.RunAsync();
            return 0;
        }
        catch (Exception e) when (StartFailure.Explain(e, builder.Configuration) is { } reasons)
        {
            foreach (var reason in reasons)
            {
                await Console.Error.WriteLineAsync(reason);
            }

            return 1;
        }
    }

    /// <summary>Reads the settings: those beside the binary count, wherever the process is started from.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args) =>
        WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

    /// <summary>Puts it together, which finds everything that is wrong with the settings, and starts nothing.</summary>
    /// <param name="builder">What <see cref="CreateBuilder"/> gave.</param>
    /// <param name="checkPorts">Whether its addresses must be free.</param>
    public static (WebApplication App, ClusterOptions Cluster, string? GeneratedKey) Build(WebApplicationBuilder builder, bool checkPorts)
    {
        var configuration = builder.Configuration;
        configuration.AddSharedFile();
        var cluster = configuration.ReadChecked<ClusterOptions>(ClusterOptions.SectionName, Sections);
        if (configuration["urls"] is null)
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

        InternalListener.Listen(builder.WebHost, configuration);
        if (checkPorts)
        {
            HttpPortCheck.ThrowIfUsed(configuration);
        }

        builder.UseGatewayTls();

        // Orleans first: it starts before whatever calls grains, and stops after it.
        string? generatedKey = null;
        if (cluster.IsEmbedded)
        {
            generatedKey = configuration.AddEmbeddedDefaults();
            builder.AddWsClusterSilo();
        }
        else
        {
            configuration.ThrowIfUnreadable(ClusterTlsOptions.SectionName, typeof(ClusterTlsOptions));
            builder.Services.AddJoiningClient(services => services.AddWsClusterClient(configuration));
            if (configuration.TracesPublications())
            {
                builder.Services.AddOrleansClient(client => client.AddActivityPropagation());
            }
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
        return (builder.Build(), cluster, generatedKey);
    }

    private static void Map(WebApplication app, ClusterOptions cluster)
    {
        if (cluster.IsEmbedded)
        {
            app.Services.GetRequiredService<ClusterMembership>().Joined(); // its own silo starts before it listens
        }

        app.TraceRequestsOf(app.Services.GetRequiredService<IOptions<ApiOptions>>().Value.Prefix);
        app.UseSecurityHeaders();
        app.UseInternalListener();
        app.UseWebSockets();
        var inside = app.MapInternal();
        inside.MapHealth();
        inside.MapMetrics();
        inside.MapServerApi();
        app.Map(WebSocketEndpoint.Path, (HttpContext context, WebSocketEndpoint endpoint) => endpoint.HandleAsync(context));
        app.MapStreams();
        inside.MapConsole();
    }
}
