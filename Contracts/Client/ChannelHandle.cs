using System.Diagnostics;
using WsCluster.Routing;
using WsCluster.Tracing;

namespace WsCluster;

/// <summary>A channel over its grain.</summary>
internal sealed class ChannelHandle(string name, IGrainFactory grains, CallRetry retry, IDetour? detour) : IChannelHandle
{
    private const int RelayKeys = 64; // several for each silo: Orleans deals them out

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
        return retry.RepeatAsync(attempt => PublishAsync(keyed, attempt), cancellationToken);
    }

    public Task<IReadOnlyDictionary<string, ClientInfo>> GetPresenceAsync(CancellationToken cancellationToken = default) =>
        AskAsync(() => Grain.GetPresenceAsync(), entrance => entrance.GetPresenceAsync(name), cancellationToken);

    public Task<PresenceStats> GetPresenceStatsAsync(CancellationToken cancellationToken = default) =>
        AskAsync(() => Grain.GetPresenceStatsAsync(), entrance => entrance.GetPresenceStatsAsync(name), cancellationToken);

    public Task<HistoryPage> GetHistoryAsync(HistoryQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return AskAsync(() => Grain.GetHistoryAsync(query), entrance => entrance.GetHistoryAsync(name, query), cancellationToken);
    }

    public Task RemoveHistoryAsync(CancellationToken cancellationToken = default) =>
        retry.RepeatAsync(() => Grain.RemoveHistoryAsync(), cancellationToken);

    private Task<T> AskAsync<T>(Func<Task<T>> ask, Func<ISiloEntrance, Task<T>> askBy, CancellationToken cancellationToken) =>
        retry.RepeatAsync(detour, ask, askBy, cancellationToken);

    /// <summary>The first attempt takes Orleans' way. What failed there takes another, and mostly a different one at each attempt.</summary>
    private Task<StreamPosition> PublishAsync(PublishRequest request, int attempt) => attempt == 1
        ? Grain.PublishAsync(request)
        : grains.Find<IPublishRelay>($"{Random.Shared.Next(RelayKeys)}").PublishAsync(name, request);
}
