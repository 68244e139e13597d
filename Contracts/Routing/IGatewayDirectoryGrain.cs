namespace WsCluster.Routing;

/// <summary>
/// The live gateways of the cluster. One grain (key <see cref="Key"/>) for questions that concern every gateway; no
/// message passes through it. In memory: gateways renew their registration, so a new activation knows them all shortly.
/// </summary>
[Alias("WsCluster.IGatewayDirectoryGrain")]
public interface IGatewayDirectoryGrain : IGrainWithStringKey
{
    /// <summary>The key of the only directory.</summary>
    const string Key = "gateways";

    /// <summary>How often a gateway renews its registration.</summary>
    static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(3);

    /// <summary>How long a registration lasts without renewal.</summary>
    static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    /// <summary>Registers a gateway or renews its registration.</summary>
    [Alias("Register")]
    Task RegisterAsync(GatewayRegistration registration);

    /// <summary>Removes a gateway that stops.</summary>
    [Alias("Leave")]
    Task LeaveAsync(string gatewayId, long incarnation);

    /// <summary>The gateways whose registration is live.</summary>
    [Alias("GetGateways")]
    Task<IReadOnlyList<GatewayRegistration>> GetGatewaysAsync();
}

/// <summary>A live gateway.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.GatewayRegistration")]
public sealed record GatewayRegistration
{
    /// <summary>The gateway's id.</summary>
    [Id(0)] public required string GatewayId { get; init; }

    /// <summary>Its incarnation.</summary>
    [Id(1)] public required long Incarnation { get; init; }

    /// <summary>Answers questions about the gateway.</summary>
    [Id(2)] public required IGatewayControl Control { get; init; }

    /// <summary>Takes what clients without a WebSocket send; null for a gateway that has no such clients.</summary>
    [Id(3)] public EmulationNode? Emulation { get; init; }
}

/// <summary>Questions and commands for one gateway as a whole.</summary>
[Alias("WsCluster.IGatewayControl")]
public interface IGatewayControl : IGrainObserver
{
    /// <summary>What the gateway holds now.</summary>
    [Alias("Describe"), ResponseTimeout("00:00:02")]
    Task<GatewayDescription> DescribeAsync();

    /// <summary>The channels with local subscribers and how many each has.</summary>
    /// <param name="pattern">A glob (<c>*</c>, <c>?</c>, <c>[abc]</c>), or empty for all.</param>
    [Alias("GetChannels"), ResponseTimeout("00:00:05")]
    Task<IReadOnlyDictionary<string, int>> GetChannelsAsync(string pattern);

    /// <summary>The first channels with local subscribers after a mark, in order.</summary>
    [Alias("ListChannels"), ResponseTimeout("00:00:05")]
    Task<IReadOnlyList<ChannelDescription>> ListChannelsAsync(ListQuery query);

    /// <summary>The first users with local connections after a mark, in order.</summary>
    [Alias("ListUsers"), ResponseTimeout("00:00:05")]
    Task<IReadOnlyList<UserDescription>> ListUsersAsync(ListQuery query);

    /// <summary>The first local connections after a mark, in order.</summary>
    [Alias("ListConnections"), ResponseTimeout("00:00:05")]
    Task<IReadOnlyList<ConnectionDescription>> ListConnectionsAsync(ListQuery query);

    /// <summary>Does something to the anonymous connections, which have no <see cref="IUserGrain"/>.</summary>
    [Alias("ExecuteAnonymous"), ResponseTimeout("00:00:05")]
    Task ExecuteAnonymousAsync(UserCommand command);

    /// <summary>What became of a channel's publications for some of the connections here.</summary>
    [Alias("Explain"), ResponseTimeout("00:00:05")]
    Task<GatewayExplanation> ExplainAsync(ExplainQuery query);
}

/// <summary>What a gateway holds (the server API's <c>info</c>).</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.GatewayDescription")]
public sealed record GatewayDescription
{
    /// <summary>The gateway's id.</summary>
    [Id(0)] public required string GatewayId { get; init; }

    /// <summary>A name for people: the host and port.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>The product's version.</summary>
    [Id(2)] public required string Version { get; init; }

    /// <summary>Connected clients.</summary>
    [Id(3)] public required int Clients { get; init; }

    /// <summary>Distinct users among them; anonymous connections together count as one.</summary>
    [Id(4)] public required int Users { get; init; }

    /// <summary>Subscriptions of all clients.</summary>
    [Id(5)] public required int Subscriptions { get; init; }

    /// <summary>Channels with at least one local subscriber.</summary>
    [Id(6)] public required int Channels { get; init; }

    /// <summary>Time since the start.</summary>
    [Id(7)] public required TimeSpan Uptime { get; init; }

    /// <summary>CPU use since the last description, in percent of one core.</summary>
    [Id(8)] public double CpuPercent { get; init; }

    /// <summary>Resident memory in bytes.</summary>
    [Id(9)] public long ResidentBytes { get; init; }

    /// <summary>Commands of clients since it was first asked: the difference of two answers means something.</summary>
    [Id(10)] public long Commands { get; init; }

    /// <summary>Publications queued to subscribers since it was first asked, each counted for every subscriber.</summary>
    [Id(11)] public long Deliveries { get; init; }

    /// <summary>Bytes that wait for clients.</summary>
    [Id(12)] public long QueuedBytes { get; init; }

    /// <summary>Processor time used since the start.</summary>
    [Id(13)] public TimeSpan CpuTime { get; init; }

    /// <summary>True while the gateway closes its connections to stop.</summary>
    [Id(14)] public bool IsDraining { get; init; }

    /// <summary>
    /// From publish to delivery, the whole way through the cluster, as the gateway's canaries last measured it: the median of its
    /// lanes. Null while nothing has been heard.
    /// </summary>
    [Id(15)] public TimeSpan? DeliveryDelay { get; init; }

    /// <summary>The same of the slowest lane.</summary>
    [Id(16)] public TimeSpan? SlowestDelay { get; init; }
}
