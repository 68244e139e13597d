using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Admin;
using WsCluster.Gateway.Authentication;
using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Behaviors;
using WsCluster.Gateway.Canaries;
using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Ledgers;
using WsCluster.Gateway.Limits;
using WsCluster.Gateway.Proxies;
using WsCluster.Gateway.Publishing;
using WsCluster.Gateway.Routing;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Gateway.Transports;
using WsCluster.Gateway.Transports.Deflate;
using WsCluster.Gateway.Transports.Sockets;
using WsCluster.Gateway.Transports.Sockets.Reactor;
using WsCluster.Gateway.Transports.Streams;
using WsCluster.Routing;

namespace WsCluster.Gateway.Hosting;

/// <summary>The one place that says what a gateway consists of.</summary>
internal static class GatewayHosting
{
    /// <summary>For what stops after the connections: requests under way, the link to the cluster.</summary>
    private static readonly TimeSpan TimeAfterDrain = TimeSpan.FromSeconds(20);

    /// <summary>Adds the gateway's services. An Orleans client or silo must be added too, and tell <see cref="ClusterMembership"/> when it has joined.</summary>
    public static IServiceCollection AddWsClusterGateway(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddChannelNamespaces(configuration);
        services.AddInbox(configuration);
        services.AddTokenVerification(configuration);
        services.AddConsoleAccess(configuration);
        services.AddProxies(configuration);
        services.AddCheckedOptions<GatewayOptions>(configuration, GatewayOptions.SectionName);
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsRules>();
        services.AddSingleton<IValidateOptions<GatewayOptions>, PersonalChannelRules>();
        services.AddSingleton<IValidateOptions<ChannelNamespaces>, DecisionRules>();

        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, HttpServerLimits>();
        services.TryAddSingleton<GatewayMetrics>(); // the API counts what it refuses in the same
        services.AddHostedService<GatewayGauges>();
        services.AddSingleton<GatewayReadiness>();

        services.AddSingleton<DeadlineClock>();
        services.AddSingleton<ConnectionRegistry>();
        services.AddSingleton<ConnectionHost>();
        services.AddHostedService<GatewayDrain>();
        services.AddOptions<HostOptions>().Configure<IOptions<GatewayOptions>>((host, gateway) =>
            host.ShutdownTimeout = gateway.Value.DrainWindow + gateway.Value.CloseTimeout + TimeAfterDrain);
        services.AddSingleton<UserDirectory>();

        services.AddSingleton<SiloWatch>();
        services.AddHostedService(s => s.GetRequiredService<SiloWatch>());
        services.AddSingleton<SiloConnections>();
        services.AddSingleton<SiloEntrances>();
        services.AddSingleton<IDetour>(s => s.GetRequiredService<SiloEntrances>());
        services.AddSingleton<ClusterCalls>();
        services.AddSingleton<DeliveryDispatcher>();
        services.AddSingleton<ClusterMembership>();
        services.AddSingleton<GatewayLanes>();
        services.AddSingleton<GatewayAddress>();
        services.AddSingleton<LiveLists>();
        services.AddSingleton<EndedSubscriptions>();
        services.AddSingleton<GatewayLedger>();
        services.AddSingleton<GatewayControl>();
        services.AddSingleton<GatewayRegistrar>();
        services.AddHostedService(s => s.GetRequiredService<GatewayRegistrar>());

        services.TryAddSingleton<ChannelReferences>(); // an embedded silo has its own already
        services.TryAddSingleton<LocalLanes>();        // and this
        services.AddSingleton<ChannelPlaces>();
        services.AddHostedService(s => s.GetRequiredService<ChannelPlaces>());
        services.AddSingleton<ChannelPublisher>();

        services.AddSingleton<RecoveryGate>();
        services.AddSingleton<ChannelDirectory>();
        services.AddSingleton<ChannelQuestions>();
        services.AddSingleton<SubscriptionPlanner>();
        services.AddSingleton<ConnectPlanner>();
        services.AddSingleton<SubscribeResults>();
        services.AddSingleton<SubscriptionRecovery>();
        services.AddSingleton<BehaviorCalls>();
        services.AddSingleton<ChannelRpc>();
        services.AddSingleton<InboxRpc>();
        services.AddSingleton<SubscriptionEntry>();
        services.AddSingleton<SubscriptionService>();
        services.AddSingleton<UserCommandExecutor>();

        services.AddSingleton<CanaryWatch>();
        services.AddHostedService(s => s.GetRequiredService<CanaryWatch>());
        services.AddSingleton<ChannelAccess>();
        services.AddSingleton<AuthorizerCalls>();
        services.AddSingleton<SubscribeAccess>();
        services.AddSingleton<PublishAccess>();
        services.AddSingleton<LiveAuthorization>();
        services.AddHostedService(s => s.GetRequiredService<LiveAuthorization>());
        services.AddSingleton<RevocationReader>();
        services.AddHostedService(s => s.GetRequiredService<RevocationReader>());

        services.AddSingleton<ChannelRules>();
        services.AddSingleton<Authenticator>();
        services.AddSingleton<PresenceAccess>();
        services.AddSingleton<CommandProcessor>();
        services.AddSingleton<ConnectHandler>();
        services.AddSingleton<SubscribeHandler>();
        services.AddSingleton<UnsubscribeHandler>();
        services.AddSingleton<PublishHandler>();
        services.AddSingleton<PresenceHandler>();
        services.AddSingleton<PresenceStatsHandler>();
        services.AddSingleton<HistoryHandler>();
        services.AddSingleton<RefreshHandler>();
        services.AddSingleton<SubRefreshHandler>();
        services.AddSingleton<RpcHandler>();

        services.AddSingleton<ClientAddresses>();
        services.AddSingleton<AddressLimits>();
        services.AddSingleton<HandshakeGate>();
        services.AddSingleton<HttpHandshake>();
        services.AddSingleton<DeflateGate>();
        services.AddSingleton<OriginPolicy>();
        services.AddSingleton<WebSocketEndpoint>();
        services.AddSingleton<WebSocketUpgrades>();
        services.AddSingleton<SocketTakeover>();
        services.AddSingleton<SocketListenerFactory>();
        services.AddSingleton<IConnectionListenerFactory>(s => s.GetRequiredService<SocketListenerFactory>());
        services.AddStreams(configuration);
        services.AddSingleton<WriterShards>();
        services.AddSingleton<ReactorThreads>();
        return services;
    }
}
