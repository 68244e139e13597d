using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// What clients want to know of channels. Where the gateway is subscribed, it knows the channel's silo and which way was of no use;
/// for other channels nothing is kept, so each question finds out by itself.
/// </summary>
internal sealed class ChannelQuestions(ChannelDirectory channels, ClusterCalls calls)
{
    /// <inheritdoc cref="IChannelGrain.GetHistoryAsync"/>
    public Task<HistoryPage> GetHistoryAsync(string channel, HistoryQuery query) =>
        AskAsync(channel, () => Grain(channel).GetHistoryAsync(query), entrance => entrance.GetHistoryAsync(channel, query));

    /// <inheritdoc cref="IChannelGrain.GetPresenceAsync"/>
    public Task<IReadOnlyDictionary<string, ClientInfo>> GetPresenceAsync(string channel) =>
        AskAsync(channel, () => Grain(channel).GetPresenceAsync(), entrance => entrance.GetPresenceAsync(channel));

    /// <inheritdoc cref="IChannelGrain.GetPresenceStatsAsync"/>
    public Task<PresenceStats> GetPresenceStatsAsync(string channel) =>
        AskAsync(channel, () => Grain(channel).GetPresenceStatsAsync(), entrance => entrance.GetPresenceStatsAsync(channel));

    /// <inheritdoc cref="IChannelRouting.AdmitAsync"/>
    public Task<ChannelAdmission> AdmitAsync(string channel, SubscribeAttempt attempt) => AskAsync(
        channel, () => channels.Grains.GetGrain<IChannelRouting>(channel).AdmitAsync(attempt), entrance => entrance.AdmitAsync(channel, attempt));

    private Task<T> AskAsync<T>(string channel, Func<Task<T>> ask, Func<ISiloEntrance, Task<T>> askBy)
    {
        var way = channels.Find(channel)?.Link.Way ?? channels.WayTo(channel);
        return calls.RepeatAsync(() => way.AskAsync(entrance => entrance is null ? ask() : askBy(entrance), ISiloEntrance.ReadsAndUsers));
    }

    private IChannelGrain Grain(string channel) => channels.Grains.GetGrain<IChannelGrain>(channel);
}
