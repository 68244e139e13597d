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

/// <summary>
/// A gateway inside a program of yours: <c>builder.AddWsClusterGateway()</c>, then <c>app.MapWsClusterGateway()</c>. Without
/// <c>WsCluster:Redis</c> it is embedded mode, and the program hosts a silo as well: add channel behaviors with
/// <c>builder.Services.AddChannelBehavior</c>, and the program is a whole cluster of one.
/// </summary>
/// <remarks>
/// The settings are those of the gateway as a program (docs/configuration.md). Pages of your own go before the console, which is at
/// <c>/</c> too; with <c>WsCluster:Gateway:InternalUrls</c> the console, the HTTP API, health and metrics have an address of their own.
/// </remarks>
public static class GatewayServer
{
    /// <summary>Where it listens when nothing is set.</summary>
    internal const string DefaultUrl = "http://localhost:8000";

    /// <summary>The sections of <c>WsCluster</c> that gateways, and silos in the same file, read.</summary>
    internal static readonly string[] Sections =
    [
        "Channels", "ClusterTls", "Silo", "Users", "Delivery", "Limits", "RedisHistory", "Revocations", "Authorizer", "Behaviors", "AtomicPublish", "Inbox",
        "Gateway", "Transports", "Api", "Tokens", "SubscriptionTokens", "Proxy", "Client", "Telemetry", "Console",
    ];

    /// <summary>
    /// Adds a gateway to a program, and in embedded mode a silo. Call it before other services that call the cluster: what it adds starts
    /// first and stops last.
    /// </summary>
    /// <exception cref="OptionsValidationException">Something is wrong with the configuration; each failure is a sentence.</exception>
    public static WebApplicationBuilder AddWsClusterGateway(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        Add(builder, checkPorts: true);
        return builder;
    }

    /// <summary>Maps what the gateway serves: <c>/connection/…</c> for clients; the HTTP API, health, metrics and the console for operators.</summary>
    public static void MapWsClusterGateway(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var start = app.Services.GetRequiredService<GatewayStart>();
        if (start.Cluster.IsEmbedded)
        {
            app.Services.GetRequiredService<ClusterMembership>().Joined(); // its own silo starts before it listens
        }

        app.TraceRequestsOf(app.Services.GetRequiredService<IOptions<ApiOptions>>().Value.Prefix);
        app.UseSecurityHeaders();
        var inside = app.MapInternal();
        inside.MapHealth();
        inside.MapMetrics();
        inside.MapServerApi();
        app.Map(WebSocketEndpoint.Path, (HttpContext context, WebSocketEndpoint endpoint) => endpoint.HandleAsync(context));
        app.MapStreams();
        inside.MapConsole();
        GatewayLog.Announce(app.Logger, app.Services);
        app.Lifetime.ApplicationStarted.Register(() => StartBanner.Print(app.Services, start.Cluster, start.GeneratedKey));
    }

    /// <summary>Runs it until it is stopped.</summary>
    /// <returns>The exit code.</returns>
    internal static async Task<int> RunAsync(string[] args)
    {
        var builder = CreateBuilder(args);
        try
        {
            builder.AddWsClusterGateway();
            var app = builder.Build();
            app.MapWsClusterGateway();
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
    internal static WebApplicationBuilder CreateBuilder(string[] args) =>
        WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

    /// <summary>Puts it together, which finds everything that is wrong with the settings, and starts nothing.</summary>
    internal static (WebApplication App, ClusterOptions Cluster) BuildUnstarted(WebApplicationBuilder builder)
    {
        var cluster = Add(builder, checkPorts: false);
        return (builder.Build(), cluster);
    }

    private static ClusterOptions Add(WebApplicationBuilder builder, bool checkPorts)
    {
        var configuration = builder.Configuration;
        configuration.AddSharedFile();
        configuration.AddLogDefaults();
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
        builder.Services.AddSingleton(new GatewayStart(cluster, generatedKey));
        return cluster;
    }

    /// <param name="Cluster">What it is part of.</param>
    /// <param name="GeneratedKey">The API key that was made up for this run; null when one is configured.</param>
    private sealed record GatewayStart(ClusterOptions Cluster, string? GeneratedKey);
}
