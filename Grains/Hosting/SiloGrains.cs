using ClusterOptions = WsCluster.Configuration.ClusterOptions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Runtime;
using WsCluster.Configuration;
using WsCluster.Grains.AtomicSets;
using WsCluster.Grains.Authorization;
using WsCluster.Grains.Behaviors;
using WsCluster.Grains.Channels;
using WsCluster.Grains.History;
using WsCluster.Grains.History.Redis;
using WsCluster.Grains.Limits;
using WsCluster.Grains.Relays;
using WsCluster.Grains.Revocations;
using WsCluster.Grains.Routing;
using WsCluster.Grains.Users;
using WsCluster.Routing;

namespace WsCluster.Grains.Hosting;

/// <summary>What the grains need, wherever their silo runs: in its own process, in a gateway, in a test.</summary>
internal static class SiloGrains
{
    /// <summary>Registers the grains' services and options, and the silo's bounds.</summary>
    public static ISiloBuilder AddWsClusterGrains(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services.AddChannelNamespaces(configuration);
        silo.Services.AddCheckedOptions<UserOptions>(configuration, UserOptions.SectionName);
        silo.Services.AddCheckedOptions<DeliveryOptions>(configuration, DeliveryOptions.SectionName);
        silo.Services.AddCheckedOptions<HotChannelOptions>(configuration, HotChannelOptions.SectionName);
        silo.Services.AddCheckedOptions<SiloLimitOptions>(configuration, SiloLimitOptions.SectionName);
        silo.Services.AddMetrics();
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.TryAddSingleton<GrainMetrics>();
        silo.Services.TryAddSingleton<SiloLimits>();
        silo.Services.TryAddSingleton<LocalLanes>();
        silo.Services.TryAddSingleton<GatewayOutboxes>();
        silo.Services.TryAddSingleton<RelayOutboxes>();
        silo.Services.TryAddSingleton<RelayShares>();
        silo.Services.TryAddSingleton<RelayLinks>();
        silo.Services.TryAddSingleton<Func<string, IDeliveryRelay>>(services => key => services.GetRequiredService<IGrainFactory>().GetGrain<IDeliveryRelay>(key));
        silo.Services.TryAddSingleton<HotChannels>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, RelayRetirement>();
        silo.Services.TryAddSingleton<LiveChannels>();
        silo.Services.TryAddSingleton<ILocalChannels>(services => services.GetRequiredService<LiveChannels>());
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => services.GetRequiredService<GatewayOutboxes>());
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => services.GetRequiredService<RelayOutboxes>());
        silo.Services.AddHistory(configuration);
        silo.Services.AddRevocations(configuration);
        silo.Services.AddAtomicSets(configuration);
        silo.Services.TryAddSingleton<MemoryLastSeenStore>();
        silo.Services.TryAddSingleton<RedisLastSeenStore>();
        silo.Services.TryAddSingleton<ILastSeenStore>(s => s.GetRequiredService<ClusterOptions>().IsEmbedded
            ? s.GetRequiredService<MemoryLastSeenStore>()
            : s.GetRequiredService<RedisLastSeenStore>());
        silo.Services.TryAddSingleton<MemoryUserStore>();
        silo.Services.TryAddSingleton<RedisUserStore>();
        silo.Services.TryAddSingleton<IUserStore>(s => s.GetRequiredService<ClusterOptions>().IsEmbedded
            ? s.GetRequiredService<MemoryUserStore>()
            : s.GetRequiredService<RedisUserStore>());
        silo.Services.TryAddSingleton<UserFeatures>();
        var inbox = silo.Services.AddInbox(configuration);
        silo.Services.AddSingleton<IValidateOptions<ChannelNamespaces>, UnreadRules>();
        silo.UseUnreadReminders(inbox, configuration.GetSection(ClusterOptions.SectionName).Get<ClusterOptions>() ?? new ClusterOptions());
        silo.Services.AddCheckedOptions<AuthorizerOptions>(configuration, AuthorizerOptions.SectionName);
        silo.Services.AddSingleton<IValidateOptions<ChannelNamespaces>, AuthorizerRules>();
        silo.Services.AddCheckedOptions<BehaviorOptions>(configuration, BehaviorOptions.SectionName);
        silo.Services.AddSingleton<IValidateOptions<ChannelNamespaces>, BehaviorRules>();
        silo.Services.TryAddSingleton<ChannelBehaviors>();
        silo.Services.TryAddSingleton<NamespaceOptions>();
        silo.Services.TryAddSingleton<ChannelStreams>();
        silo.Services.TryAddSingleton<ChannelReferences>();
        silo.AddGrainService<SiloEntrance>();
        silo.Services.AddLogging(logging => logging.AddFilter(typeof(SiloEntrance).FullName, LogLevel.Warning)); // it tells of its ring, which nobody uses
        silo.Services.AddPlacementDirector<KeyedSiloPlacement, KeyedSiloPlacementDirector>();
        return silo.UseFastMembership().UseBounds().UseSteadyDirectory();
    }

    private static void AddHistory(this IServiceCollection services, IConfiguration configuration)
    {
        var cluster = configuration.GetSection(ClusterOptions.SectionName).Get<ClusterOptions>() ?? new ClusterOptions();
        services.AddCheckedOptions<RedisHistoryOptions>(configuration, RedisHistoryOptions.SectionName);
        services.AddSingleton<IValidateOptions<ChannelNamespaces>>(new DurabilityRules(cluster));
        services.AddHostedService<RedisStartCheck>();
        services.TryAddSingleton(cluster);
        services.TryAddSingleton<RedisLink>();
        services.TryAddSingleton<FsyncBarrier>();
        services.TryAddSingleton<RedisHistoryStore>();
        services.TryAddSingleton<MemoryHistoryStore>();
        services.TryAddSingleton<IHistoryStore, HistoryStore>();
    }

    private static void AddRevocations(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddCheckedOptions<RevocationOptions>(configuration, RevocationOptions.SectionName);
        services.TryAddSingleton<MemoryRevocationStore>();
        services.TryAddSingleton<RedisRevocationStore>();
        services.TryAddSingleton<IRevocationStore>(s => s.GetRequiredService<ClusterOptions>().IsEmbedded
            ? s.GetRequiredService<MemoryRevocationStore>()
            : s.GetRequiredService<RedisRevocationStore>());
    }

    private static void AddAtomicSets(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddCheckedOptions<AtomicPublishOptions>(configuration, AtomicPublishOptions.SectionName);
        services.TryAddSingleton<ISetStore, RedisSetStore>();
        services.TryAddSingleton<ISetChannels, GrainSetChannels>();
        services.TryAddSingleton<AtomicSetRules>();
        services.TryAddSingleton<SetPublisher>();
        services.TryAddSingleton<SetSweep>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<SetSweep>());
    }

    private static void AddCheckedOptions<TOptions>(this IServiceCollection services, IConfiguration configuration, string sectionName)
        where TOptions : class, new()
    {
        // Read now, so that a mistake stops the start with its sentence rather than a grain's first activation.
        var options = configuration.ReadChecked<TOptions>(sectionName);
        services.TryAddSingleton(Options.Create(options));
    }
}
