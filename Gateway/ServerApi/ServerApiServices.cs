using Microsoft.Extensions.DependencyInjection.Extensions;
using WsCluster.Configuration;
using WsCluster.Gateway.Ledgers;
using WsCluster.Gateway.ServerApi.Methods;

namespace WsCluster.Gateway.ServerApi;

/// <summary>Registers what the HTTP API needs.</summary>
internal static class ServerApiServices
{
    /// <summary>Adds the HTTP API. Needs an Orleans client or silo in the same process.</summary>
    public static IServiceCollection AddServerApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddCheckedOptions<ApiOptions>(configuration, ApiOptions.SectionName)
            .Validate(o => o.Keys.All(key => !string.IsNullOrWhiteSpace(key)), "WsCluster:Api:Keys holds an empty key: remove it or set it.");
        services.AddChannelNamespaces(configuration);
        services.AddOptions<WsClusterClientOptions>().Bind(configuration.GetSection(WsClusterClientOptions.SectionName));
        services.AddWsCluster();

        services.AddMetrics();
        services.TryAddSingleton<GatewayMetrics>();
        services.TryAddSingleton<ApiKeys>();
        services.TryAddSingleton<ClusterLedger>();
        services.TryAddSingleton<ApiRates>();
        services.TryAddSingleton<ApiChannels>();
        services.TryAddSingleton<ApiDispatcher>();
        services.TryAddSingleton<BatchMethod>();
        services.TryAddSingleton<ApiEndpoint>();
        AddMethod<PublishMethod>();
        AddMethod<BroadcastMethod>();
        AddMethod<PublishAtomicMethod>();
        AddMethod<SubscribeMethod>();
        AddMethod<UnsubscribeMethod>();
        AddMethod<DisconnectMethod>();
        AddMethod<RefreshMethod>();
        AddMethod<PresenceMethod>();
        AddMethod<PresenceStatsMethod>();
        AddMethod<HistoryMethod>();
        AddMethod<HistoryRemoveMethod>();
        AddMethod<ChannelsMethod>();
        AddMethod<InfoMethod>();
        AddMethod<FiguresMethod>();
        AddMethod<RpcMethod>();
        AddMethod<RevokeMethod>();
        AddMethod<ConnectionsMethod>();
        AddMethod<UsersMethod>();
        AddMethod<UserStatusMethod>();
        AddMethod<ExplainMethod>();
        return services;

        void AddMethod<T>() where T : class, IApiMethod => services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiMethod, T>());
    }
}
