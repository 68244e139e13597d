using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using StackExchange.Redis;
using WsCluster.Configuration;
using WsCluster.Tls;

namespace WsCluster;

/// <summary>Gives an application service its <see cref="IWsCluster"/>.</summary>
public static class WsClusterClientServices
{
    /// <summary>
    /// Adds <see cref="IWsCluster"/> with an Orleans client of its own, configured by the section <c>WsCluster</c>. The
    /// host's start waits for the cluster and logs that it does; once started, calls ride out the loss of silos.
    /// </summary>
    /// <exception cref="OptionsValidationException">A setting is wrong; the message names it.</exception>
    public static IServiceCollection AddWsClusterClient(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return services.AddWsClusterClient(options => Bind(configuration, options));
    }

    /// <inheritdoc cref="AddWsClusterClient(IServiceCollection, IConfiguration)"/>
    public static IServiceCollection AddWsClusterClient(this IServiceCollection services, Action<WsClusterClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);

        // Read now, not when the host starts: whether there is Redis decides which services the Orleans client has.
        var options = new WsClusterClientOptions();
        configure(options);
        var redis = Check(options);

        services.Configure(configure);
        services.AddOrleansClient(client =>
        {
            client.UseConnectionRetryFilter<ConnectForever>();
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = options.ResponseTimeout);
            client.UseClusterTls(options.ClusterTls);
            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = options.SiloListRefresh);
            if (redis is null)
            {
                client.UseLocalhostClustering(options.LocalGatewayPort, options.ClusterId, options.ClusterId);
                return;
            }

            client.Configure<Orleans.Configuration.ClusterOptions>(cluster => cluster.ServiceId = cluster.ClusterId = options.ClusterId);
            client.UseRedisClustering(clustering => clustering.ConfigurationOptions = redis);
        });
        return services.AddWsCluster();
    }

    /// <summary>Adds <see cref="IWsCluster"/> over the Orleans client (or silo) that the application configures itself.</summary>
    public static IServiceCollection AddWsCluster(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<WsClusterClientOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WsClusterClientOptions>, ClientOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<CallRetry>();
        services.TryAddSingleton<OrleansWsCluster>();
        services.TryAddSingleton<IWsCluster>(s => s.GetRequiredService<OrleansWsCluster>());
        return services;
    }

    private static void Bind(IConfiguration configuration, WsClusterClientOptions options)
    {
        configuration.GetSection(WsClusterClientOptions.SectionName).Bind(options);
        options.Redis = configuration["WsCluster:Redis"] ?? options.Redis;
        options.RedisAuthorityFile = configuration["WsCluster:RedisAuthorityFile"] ?? options.RedisAuthorityFile;
        configuration.GetSection(ClusterTlsOptions.SectionName).Bind(options.ClusterTls);
        options.ClusterId = configuration["WsCluster:ClusterId"] ?? options.ClusterId;
        options.LocalGatewayPort = configuration.GetValue("WsCluster:Silo:GatewayPort", options.LocalGatewayPort);
    }

    /// <summary>Returns the parsed Redis connection string, or null when there is none.</summary>
    private static ConfigurationOptions? Check(WsClusterClientOptions options)
    {
        var errors = options.FindErrors().ToList();
        ConfigurationOptions? redis = null;
        if (!string.IsNullOrWhiteSpace(options.Redis))
        {
            try
            {
                redis = RedisConnection.Parse(new Configuration.ClusterOptions { Redis = options.Redis, RedisAuthorityFile = options.RedisAuthorityFile });
            }
            catch (OptionsValidationException exception)
            {
                errors.AddRange(exception.Failures);
            }
        }

        return errors.Count == 0 ? redis : throw new OptionsValidationException(nameof(WsClusterClientOptions), typeof(WsClusterClientOptions), errors);
    }
}
