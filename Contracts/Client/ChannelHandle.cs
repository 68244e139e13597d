namespace WsCluster;

/// <summary>A channel over its grain.</summary>
internal sealed class ChannelHandle(string name, IGrainFactory grains, CallRetry retry) : IChannelHandle
{
    private readonly IChannelGrain _grain = grains.GetGrain<IChannelGrain>(name);

    public string Name => name;

    public Task<StreamPosition> PublishAsync(PublishRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!retry.IsOn)
        {
            return retry.OnceAsync(() => _grain.PublishAsync(request), cancellationToken);
        }

        // The key must be there from the first attempt on: it is that attempt's outcome which nobody knows.
        var keyed = string.IsNullOrEmpty(request.IdempotencyKey) ? request with { IdempotencyKey = IdempotencyKeys.Next() } : request;
        return retry.RepeatAsync(() => _grain.PublishAsync(keyed), cancellationToken);
    }

    public Task<IReadOnlyDictionary<string, ClientInfo>> GetPresenceAsync(CancellationToken cancellationToken = default) =>
        retry.RepeatAsync(_grain.GetPresenceAsync, cancellationToken);

    public Task<PresenceStats> GetPresenceStatsAsync(CancellationToken cancellationToken = default) =>
        retry.RepeatAsync(_grain.GetPresenceStatsAsync, cancellationToken);

    public Task<HistoryPage> GetHistoryAsync(HistoryQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return retry.RepeatAsync(() => _grain.GetHistoryAsync(query), cancellationToken);
    }

    public Task RemoveHistoryAsync(CancellationToken cancellationToken = default) =>
        retry.RepeatAsync(_grain.RemoveHistoryAsync, cancellationToken);
}
