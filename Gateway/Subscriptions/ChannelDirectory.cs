using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Ledgers;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>The channels that have subscribers on this gateway.</summary>
internal sealed class ChannelDirectory(
    IGrainFactory grains,
    GatewayLanes lanes,
    SiloWatch silos,
    SiloEntrances entrances,
    ClusterCalls calls,
    RecoveryGate recoveryGate,
    GatewayMetrics metrics,
    DeadlineClock clock,
    TimeProvider time,
    IOptions<GatewayOptions> options,
    ILogger<ChannelDirectory> logger,
    Random? random = null,
    TaskScheduler? background = null,
    EndedSubscriptions? ended = null)
{
    private const int MaxNameBytes = 1024;

    /// <summary>Strays that are told at the same time. Another one is told at one of its next deliveries.</summary>
    private const int MaxStrays = 1000;

    private readonly ConcurrentDictionary<string, ChannelSubscribers> _channels = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _strays = new(StringComparer.Ordinal); // being unsubscribed: one call each
    private long _subscriptionNumber = time.GetUtcNow().UtcTicks;

    public IGrainFactory Grains => grains;

    public GatewayLanes Lanes => lanes;

    public SiloWatch Silos => silos;

    public ClusterCalls Calls => calls;

    public RecoveryGate RecoveryGate => recoveryGate;

    public GatewayMetrics Metrics => metrics;

    public TimeProvider Time => time;

    /// <summary>The memory of the channels' ledgers.</summary>
    public LedgerSpace LedgerSpace { get; } = new();

    /// <summary>Remembers the subscriptions that ended last.</summary>
    public EndedSubscriptions Ended { get; } = ended ?? new EndedSubscriptions(time);

    public GatewayOptions Options { get; } = options.Value;

    public ILogger Logger => logger;

    /// <summary>Spreads attempts over time.</summary>
    public Random Random => random ?? Random.Shared;

    /// <summary>The channels with at least one live subscriber, and how many each has; without the consoles' own.</summary>
    public IEnumerable<(string Name, int Subscribers)> Occupied =>
        _channels.Values.Where(c => c.Count > 0 && c.Name != ConsoleChannel.Name).Select(c => (c.Name, c.Count));

    /// <summary>Every channel that the gateway is subscribed to, empty lingering ones too.</summary>
    public int Count => _channels.Count;

    /// <summary>Starts work that goes on by itself, off the caller's locks.</summary>
    public void Start(Func<Task> work) =>
        _ = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, background ?? TaskScheduler.Default);

    /// <summary>How to reach a channel's grain.</summary>
    public ChannelWay WayTo(string channel) => new(channel, grains.GetGrain<IChannelRouting>(channel), entrances, Options, time);

    /// <summary>Numbers the gateway's subscriptions; never repeats, also across restarts of the process.</summary>
    public long NextSubscriptionNumber() => Interlocked.Increment(ref _subscriptionNumber);

    /// <summary>The channel, opened for a subscriber on its way: <see cref="ChannelSubscribers.Leave"/> must follow.</summary>
    public ChannelSubscribers Enter(string name, ChannelOptions channelOptions)
    {
        while (true)
        {
            var channel = _channels.GetOrAdd(name, static (n, arg) => new ChannelSubscribers(arg.Directory, n, arg.Options),
                (Directory: this, Options: channelOptions));
            if (channel.TryEnter())
            {
                return channel;
            }
        }
    }

    /// <summary>The channel, or null when nobody here is subscribed.</summary>
    public ChannelSubscribers? Find(string name) => _channels.GetValueOrDefault(name);

    /// <summary>The channel by its name in UTF-8, as deliveries carry it; no string is made for it.</summary>
    public ChannelSubscribers? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length > MaxNameBytes)
        {
            return null;
        }

        Span<char> chars = stackalloc char[name.Length];
        var length = Encoding.UTF8.GetChars(name, chars);
        return _channels.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(chars[..length], out var channel) ? channel : null;
    }

    /// <summary>Removes an empty channel and lets its grain forget this gateway.</summary>
    public void Close(ChannelSubscribers channel)
    {
        _channels.TryRemove(KeyValuePair.Create(channel.Name, channel));
        _ = channel.Link.DetachAsync();
    }

    /// <summary>Closes the channel unless someone subscribes within the linger time: churn is common.</summary>
    public void WakeAfterLinger(ChannelSubscribers channel) => clock.Schedule(channel, clock.Now + Options.Linger);

    /// <summary>A delivery for a channel that nobody here has: its grain missed the unsubscribe.</summary>
    public void Stray(string name)
    {
        if (_strays.Count >= MaxStrays)
        {
            return;
        }

        // The number first, then another look: whoever subscribes after the look has a higher number and is safe.
        var number = NextSubscriptionNumber();
        if (Find(name) is null && _strays.TryAdd(name, 0))
        {
            _ = UnsubscribeStrayAsync(name, number);
        }
    }

    /// <summary>
    /// Ends the deliveries of a closed channel, unless it was opened again. What fails is repaired by the next stray delivery or
    /// the end of the lease.
    /// </summary>
    public Task UnsubscribeAsync(string name)
    {
        // A number of its own, since the last subscription may have timed out here and still be on its way. The number first, then
        // the look: whoever opens the channel after the look subscribes with a higher one.
        var number = NextSubscriptionNumber();
        return Find(name) is null ? UnsubscribeAsync(name, number) : Task.CompletedTask;
    }

    private async Task UnsubscribeAsync(string name, long number)
    {
        try
        {
            await calls.RepeatAsync(async () =>
            {
                await grains.GetGrain<IChannelRouting>(name).UnsubscribeAsync(lanes.GatewayId, lanes.Incarnation, number);
                return true;
            });
        }
        catch (Exception e)
        {
            GatewayLog.ChannelUnreachable(logger, name, 0, e.Message);
        }
    }

    private async Task UnsubscribeStrayAsync(string name, long number)
    {
        metrics.StrayStarted();
        await UnsubscribeAsync(name, number);
        _strays.TryRemove(name, out _);
        metrics.StrayEnded();
    }

    /// <summary>
    /// A positioned subscriber lost publications: it subscribes again by itself (2500), or reconnects (3010) when the
    /// server had subscribed it. Called under the channel's lock.
    /// </summary>
    public void StateLost(Subscription subscription)
    {
        GatewayLog.StateLost(logger, subscription.Channel, subscription.Connection.Id);
        if (subscription.ServerSide)
        {
            subscription.Connection.Close(DisconnectCode.InsufficientState);
            return;
        }

        if (subscription.TryEnd())
        {
            Ended.Add(subscription, (int)UnsubscribeCode.InsufficientState);
            subscription.Connection.Forget(subscription, Unsubscribed(subscription.Channel, UnsubscribeCode.InsufficientState));
            _ = LeavePresenceAsync(subscription);
        }
    }

    /// <summary>Reports that a subscriber left, where anybody may want to know. True once the grain knows.</summary>
    public Task<bool> LeavePresenceAsync(Subscription subscription) =>
        Member(subscription) is { } member && Find(subscription.Channel) is { } channel
            ? channel.Link.Presence.LeaveAsync(member)
            : Task.FromResult(true);

    /// <summary>The subscriber as the channel's grain sees it; null when neither presence nor join/leave concern it.</summary>
    public static PresenceMember? Member(Subscription subscription)
    {
        var traits = subscription.Traits;
        if (!traits.Presence && !traits.EmitsJoinLeave)
        {
            return null;
        }

        var connection = subscription.Connection;
        return new PresenceMember
        {
            Info = new ClientInfo
            {
                User = connection.Identity!.User,
                Client = connection.Id,
                ConnInfo = connection.Identity.Info,
                ChanInfo = subscription.ChanInfo,
            },
            Presence = traits.Presence,
            JoinLeave = traits.EmitsJoinLeave,
        };
    }

    /// <summary>The push that ends a subscription.</summary>
    public static Reply Unsubscribed(string channel, UnsubscribeCode code) => Unsubscribed(channel, (int)code, code.Reason());

    /// <summary>The push that ends a subscription with any code.</summary>
    public static Reply Unsubscribed(string channel, int code, string reason) => new()
    {
        Push = new Push { Channel = channel, Unsubscribe = new Unsubscribe { Code = (uint)code, Reason = reason } },
    };
}
