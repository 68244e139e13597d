using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using WsCluster.Configuration;
using WsCluster.Grains.Hosting.Health;
using WsCluster.Grains.Hosting.Membership;
using WsCluster.Grains.Hosting.Telemetry;
using WsCluster.Tls;
using ClusterOptions = WsCluster.Configuration.ClusterOptions;
using OrleansClusterOptions = Orleans.Configuration.ClusterOptions;

namespace WsCluster.Grains.Hosting;

/// <summary>The one place that says what a silo runs.</summary>
public static class SiloHosting
{
    // Sections of WsCluster that silos read; those of gateways belong to them.
    private static readonly string[] Sections = ["Channels", "ClusterTls", "Silo", "Users", "Delivery", "Limits", "RedisHistory", "Revocations", "Authorizer", "Behaviors", "AtomicPublish", "Inbox", "Telemetry"];

    /// <summary>
    /// Makes the process a silo: in the cluster of <see cref="ClusterOptions.Redis"/>, or on its own when that is empty.
    /// </summary>
    /// <exception cref="OptionsValidationException">Something is wrong with the configuration; each failure is a sentence.</exception>
    public static IHostApplicationBuilder AddWsClusterSilo(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var configuration = builder.Configuration;
        configuration.AddLogDefaults();
        var cluster = configuration.ReadChecked<ClusterOptions>(ClusterOptions.SectionName, Sections);
        var endpoint = configuration.ReadChecked<SiloEndpointOptions>(SiloEndpointOptions.SectionName);
        var tls = configuration.ReadChecked<ClusterTlsOptions>(ClusterTlsOptions.SectionName);
        var address = AdvertisedAddress.Resolve(endpoint, cluster.IsEmbedded);
        builder.Services.AddHostedService(_ => new SiloPortCheck(endpoint));
        builder.UseOrleans(silo =>
        {
            // An embedded silo is nobody else's business: it listens on its own address only.
            silo.ConfigureEndpoints(address, endpoint.Port, endpoint.GatewayPort, listenOnAnyHostAddress: !cluster.IsEmbedded);
            silo.UseMembership(cluster, new IPEndPoint(address, endpoint.Port));
            silo.UseClusterTls(tls);
            silo.AddWsClusterGrains(configuration);
            if (configuration.TracesPublications())
            {
                silo.AddActivityPropagation();
            }
        });
        return builder;
    }

    private static void UseMembership(this ISiloBuilder silo, ClusterOptions cluster, IPEndPoint self)
    {
        if (cluster.IsEmbedded)
        {
            silo.UseDevelopmentClustering(self); // a cluster of one, in memory
        }
        else
        {
            var redis = RedisConnection.Parse(cluster);
            silo.UseRedisClustering(options => options.ConfigurationOptions = redis);
            silo.Services.AddHostedService<MembershipWatch>();
            silo.Services.AddHostedService<StopDeadline>();
        }

        silo.Services.TryAddSingleton<SiloFitness>(_ => new SiloFitness());
        silo.Services.TryAddSingleton<SiloReadiness>();
        silo.Services.AddHostedService(services => services.GetRequiredService<SiloReadiness>());
        silo.Configure<OrleansClusterOptions>(options => options.ClusterId = options.ServiceId = cluster.ClusterId);
    }
}
