using System.Diagnostics;
using WsCluster.Tracing;

namespace WsCluster;

/// <summary>A channel over its grain.</summary>
internal sealed class ChannelHandle(string name, IGrainFactory grains, CallRetry retry) : IChannelHandle
{
    private IChannelGrain? _grain; // found at the first call; finding it twice is harmless

    public string Name => name;

    private IChannelGrain Grain => _grain ??= grains.Find<IChannelGrain>(name);

    public Task<StreamPosition> PublishAsync(PublishRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Trace is null && PublishTrace.ContextOf(Activity.Current) is { } trace)
        {
            request = request with { Trace = trace };
        }

        if (!retry.IsOn)
        {
            return retry.OnceAsync(() => Grain.PublishAsync(request), cancellationToken);
        }

        // The key must be there from the first attempt on: it is that attempt's outcome which nobody knows.
        var keyed = string.IsNullOrEmpty(request.IdempotencyKey) ? request with { IdempotencyKey = IdempotencyKeys.Next() } : request;
        return retry.RepeatAsync(() => Grain.PublishAsync(keyed), cancellationToken);
    }

    public Task<IReadOnlyDictionary<string, ClientInfo>> GetPresenceAsync(CancellationToken cancellationToken = default) =>
        retry.RepeatAsync(() => Grain.GetPresenceAsync(), cancellationToken);

    public Task<PresenceStats> GetPresenceStatsAsync(CancellationToken cancellationToken = default) =>
        retry.RepeatAsync(() => Grain.GetPresenceStatsAsync(), cancellationToken);

    public Task<HistoryPage> GetHistoryAsync(HistoryQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return retry.RepeatAsync(() => Grain.GetHistoryAsync(query), cancellationToken);
    }

    public Task RemoveHistoryAsync(CancellationToken cancellationToken = default) =>
        retry.RepeatAsync(() => Grain.RemoveHistoryAsync(), cancellationToken);
}
