using System.ComponentModel.DataAnnotations;

namespace WsCluster.Configuration;

/// <summary>How the subscribers of a channel with history catch up.</summary>
public enum RecoveryMode
{
    /// <summary>All missed publications, or none.</summary>
    Stream,

    /// <summary>Only the latest publication: the channel holds a value.</summary>
    Cache,
}

/// <summary>Who decides whether a client may do something.</summary>
public enum ChannelDecision
{
    /// <summary>The namespace's options.</summary>
    Options,

    /// <summary>The application's <see cref="IChannelAuthorizer"/> in the silos.</summary>
    Authorizer,

    /// <summary>The application's HTTP endpoint (<c>WsCluster:Proxy</c>).</summary>
    Proxy,
}

/// <summary>What subscribers get of a channel that have no position and did not choose themselves.</summary>
public enum ChannelDelivery
{
    /// <summary>Every publication. Who is too slow for that is disconnected.</summary>
    Everything,

    /// <summary>The newest publication of each key, at intervals.</summary>
    Latest,

    /// <summary>Every publication, and while a connection is too slow for that, the newest of each key.</summary>
    Adaptive,
}

/// <summary>What data a publication may carry.</summary>
public enum DataFormat
{
    /// <summary>Anything but nothing.</summary>
    NotEmpty,

    /// <summary>One valid JSON value.</summary>
    Json,

    /// <summary>One valid JSON object.</summary>
    JsonObject,

    /// <summary>Anything, also nothing.</summary>
    Binary,
}

/// <summary>The options of a channel namespace (protocol §20). Silos and gateways must have the same.</summary>
public sealed class ChannelOptions
{
    /// <summary>Keep presence: who is in the channel.</summary>
    public bool Presence { get; set; }

    /// <summary>Emit join and leave.</summary>
    public bool JoinLeave { get; set; }

    /// <summary>Push join and leave to every subscriber, not only to those that ask.</summary>
    public bool ForcePushJoinLeave { get; set; }

    /// <summary>Publications kept. History is on when this and HistoryTtl are positive.</summary>
    [Range(0, 1_000_000)]
    public int HistorySize { get; set; }

    /// <summary>How long publications are kept after the last publish.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan HistoryTtl { get; set; }

    /// <summary>
    /// What an acknowledged publish survives. Auto: Memory with history, None without. Memory: the loss of clients and
    /// gateways. Redis: the loss of any silo as well. RedisFsync: also of Redis and its machine, which must have an append-only
    /// file and appendfsync always, or WAITAOF (version 7.2). The last two need WsCluster:Redis and keep history there.
    /// </summary>
    public ChannelDurability Durability { get; set; }

    /// <summary>
    /// How long offset and epoch outlive the last use of the channel. The default of 0 means for history in memory 10
    /// minutes after the publications are gone, for history in Redis 30 days. Redis keeps them for HistoryTtl and 5 minutes
    /// at least.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan HistoryMetaTtl { get; set; }

    /// <summary>
    /// Time that publications of a channel wait for each other in a busy gateway, when they come closer together than this: all
    /// that came goes in one send to each subscriber. Up to five times as long where sending one to all subscribers takes long
    /// itself. One that comes alone, or to a gateway that isn't busy sending, goes at once. Zero: never wait.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:00.100")]
    public TimeSpan JoinInterval { get; set; } = TimeSpan.FromMilliseconds(3);

    /// <summary>Keep a position for every subscription and announce losses.</summary>
    public bool ForcePositioning { get; set; }

    /// <summary>Let clients ask for positioning.</summary>
    public bool AllowPositioning { get; set; }

    /// <summary>Make every subscription recoverable; includes positioning.</summary>
    public bool ForceRecovery { get; set; }

    /// <summary>Let clients ask for recovery.</summary>
    public bool AllowRecovery { get; set; }

    /// <summary>How subscribers catch up.</summary>
    public RecoveryMode ForceRecoveryMode { get; set; }

    /// <summary>In cache mode: give a new subscriber the latest publication without being asked.</summary>
    public bool AutoCacheRecover { get; set; }

    /// <summary>Delta types that clients may ask for: "fossil" is the only one.</summary>
    public IList<string> AllowedDeltaTypes { get; set; } = [];

    /// <summary>Treat every publication as published with the delta flag.</summary>
    public bool DeltaPublish { get; set; }

    /// <summary>Let subscriptions filter by publication tags.</summary>
    public bool AllowTagsFilter { get; set; }

    /// <summary>
    /// What subscribers get that have no position (docs/derived-channels.md): Everything; Latest, the newest publication of each
    /// key at intervals; Adaptive, everything, and the newest of each key while their connection is slow.
    /// </summary>
    public ChannelDelivery Delivery { get; set; }

    /// <summary>Let clients choose in their subscription's data what they get: everything, latest, adaptive or a sample.</summary>
    public bool AllowDeliveryChoice { get; set; }

    /// <summary>The publication tag that has the key of which only the newest counts. Empty: the channel is one key.</summary>
    public string ConflationKey { get; set; } = "";

    /// <summary>Time between two sends of the newest of each key. Clients may choose up to 64 times as long.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan ConflationInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Keys of a channel that a gateway knows the newest publication of. Beyond it the one that has been quiet for longest is
    /// forgotten; subscribers that had not got it are told and start anew (2500).
    /// </summary>
    [Range(1, 100_000)]
    public int ConflationMaxKeys { get; set; } = 1000;

    /// <summary>
    /// Bytes in a connection's queue above which it counts as slow; it is fast again once they stay below a quarter. At most half of
    /// Gateway:MaxQueuedBytes counts.
    /// </summary>
    [Range(4 * 1024, 64 * 1024 * 1024)]
    public int AdaptiveQueuedBytes { get; set; } = 128 * 1024;

    /// <summary>How long a slow connection's queue must be short before it gets everything again; doubled up to a minute for one that is soon slow again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan AdaptiveReturn { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Let clients with a user subscribe without a token.</summary>
    public bool AllowSubscribeForClient { get; set; }

    /// <summary>Widens AllowSubscribeForClient to anonymous clients.</summary>
    public bool AllowSubscribeForAnonymous { get; set; }

    /// <summary>Let clients with a user publish.</summary>
    public bool AllowPublishForClient { get; set; }

    /// <summary>Let subscribers of the channel publish.</summary>
    public bool AllowPublishForSubscriber { get; set; }

    /// <summary>Widens the two options above to anonymous clients.</summary>
    public bool AllowPublishForAnonymous { get; set; }

    /// <summary>Let clients with a user read presence.</summary>
    public bool AllowPresenceForClient { get; set; }

    /// <summary>Let subscribers of the channel read presence.</summary>
    public bool AllowPresenceForSubscriber { get; set; }

    /// <summary>Widens the two options above to anonymous clients.</summary>
    public bool AllowPresenceForAnonymous { get; set; }

    /// <summary>Let clients with a user read history.</summary>
    public bool AllowHistoryForClient { get; set; }

    /// <summary>Let subscribers of the channel read history.</summary>
    public bool AllowHistoryForSubscriber { get; set; }

    /// <summary>Widens the two options above to anonymous clients.</summary>
    public bool AllowHistoryForAnonymous { get; set; }

    /// <summary>
    /// Who decides about subscribing without a token: Options, the ones above; Authorizer, application code in the silos; Proxy,
    /// the endpoint WsCluster:Proxy:SubscribeUrl. Private and user-limited channels never ask.
    /// </summary>
    public ChannelDecision SubscribeDecision { get; set; }

    /// <summary>Who decides about publishing: Options, Authorizer or Proxy (WsCluster:Proxy:PublishUrl).</summary>
    public ChannelDecision PublishDecision { get; set; }

    /// <summary>Ask WsCluster:Proxy:SubRefreshUrl when a subscription that the proxy allowed expires, instead of ending it.</summary>
    public bool SubRefreshProxy { get; set; }

    /// <summary>Restrict channels with a # to the users named after it, as in "dialog#7,42".</summary>
    public bool AllowUserLimitedChannels { get; set; }

    /// <summary>A regular expression for the name after the namespace; empty: any ASCII name.</summary>
    public string ChannelRegex { get; set; } = "";

    /// <summary>What data a publication may carry.</summary>
    public DataFormat PublicationDataFormat { get; set; }

    /// <summary>
    /// The application's code lives in these channels: silos have a behavior registered for the namespace (AddChannelBehavior),
    /// which decides about publications and subscribers after everything above, and answers rpc.
    /// </summary>
    public bool Behavior { get; set; }

    /// <summary>True when the channel keeps a stream.</summary>
    public bool HasHistory => HistorySize > 0 && HistoryTtl > TimeSpan.Zero;

    /// <summary>True when the channel's stream is in Redis.</summary>
    public bool IsInRedis => Durability is ChannelDurability.Redis or ChannelDurability.RedisFsync;

    /// <summary>True when clients may ask for fossil deltas.</summary>
    public bool AllowsFossilDelta => AllowedDeltaTypes.Contains("fossil");
}
