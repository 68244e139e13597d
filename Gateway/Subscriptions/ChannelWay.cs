using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// The way to a channel's grain: Orleans' own, through a silo of its choice. When a call got no answer that way, the following go
/// to the entrance of the silo that the channel was on, as long as that is heard, and else or when that gives none either to
/// another one's.
/// </summary>
/// <remarks>All calls may be made twice: a call that is given up may still arrive.</remarks>
internal sealed class ChannelWay(string channel, IChannelRouting grain, SiloEntrances entrances, GatewayOptions options, TimeProvider time)
{
    // What is wrong on Orleans' way passes, or the cluster ends the silo that is in it.
    private static readonly TimeSpan DetourTime = TimeSpan.FromSeconds(30);
    private const int MostPatience = 5;

    private readonly Lock _sync = new(); // guards the fields below
    private string? _siloId; // where the channel was
    private ISiloEntrance? _detour;
    private long _detourSince;
    private int _failures; // in a row

    /// <inheritdoc cref="IChannelRouting.SubscribeAsync"/>
    public async Task<ChannelAttachment> SubscribeAsync(GatewaySubscription subscription)
    {
        var attachment = await CallAsync(
            entrance => entrance is null ? grain.SubscribeAsync(subscription) : entrance.SubscribeAsync(channel, subscription));
        lock (_sync)
        {
            _siloId = attachment.SiloId;
        }

        return attachment;
    }

    /// <inheritdoc cref="IChannelRouting.UpdatePresenceAsync"/>
    public Task<bool> UpdatePresenceAsync(PresenceUpdate update) =>
        CallAsync(entrance => entrance is null ? grain.UpdatePresenceAsync(update) : entrance.UpdatePresenceAsync(channel, update));

    /// <inheritdoc cref="IChannelRouting.RecoverAsync"/>
    public Task<HistoryPage> RecoverAsync(RecoveryQuery query) =>
        CallAsync(entrance => entrance is null ? grain.RecoverAsync(query) : entrance.RecoverAsync(channel, query));

    private async Task<T> CallAsync<T>(Func<ISiloEntrance?, Task<T>> call)
    {
        var (entrance, patience) = Choose();
        try
        {
            var answer = await call(entrance).WaitAsync(patience, time);
            Succeeded();
            return answer;
        }
        catch (Exception e) when (ClusterCalls.IsPassing(e) && e is not WsClusterException)
        {
            Failed();
            throw;
        }
    }

    /// <summary>Where to go, and how long to wait: longer after each failure, for it may be that everything is slow.</summary>
    private (ISiloEntrance? Entrance, TimeSpan Patience) Choose()
    {
        lock (_sync)
        {
            if (_detour is not null && time.GetElapsedTime(_detourSince) > DetourTime)
            {
                _detour = null;
            }

            return (_detour, options.AttemptTimeout * Math.Clamp(_failures, 1, MostPatience));
        }
    }

    private void Succeeded()
    {
        lock (_sync)
        {
            _failures = 0;
        }
    }

    private void Failed()
    {
        lock (_sync)
        {
            _failures++;
            _detour = (_siloId is null ? null : entrances.Find(_siloId)) ?? entrances.Next()?.Entrance;
            _siloId = null; // tried once
            _detourSince = time.GetTimestamp();
        }
    }
}
