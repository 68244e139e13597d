using WsCluster.Configuration;

namespace WsCluster.Grains.History;

/// <summary>The stream of one channel in memory: history, idempotency keys and the last version.</summary>
internal sealed class MemoryChannelStream(ChannelOptions options, IStreamOwner owner, TimeProvider time, GrainMetrics metrics) : IChannelStream
{
    /// <summary>How long offset and epoch outlive the publications when <see cref="ChannelOptions.HistoryMetaTtl"/> is 0.</summary>
    public static readonly TimeSpan DefaultMetaTtl = TimeSpan.FromMinutes(10);

    private readonly ChannelHistory? _history = options.HasHistory ? new ChannelHistory(options.HistorySize, options.HistoryTtl, time) : null;
    private readonly IdempotencyWindow _givenKeys = new(time, metrics.KeyForgotten);
    private readonly IdempotencyWindow _generatedKeys = new(time, lifetime: IdempotencyWindow.GeneratedLifetime);
    private readonly PublicationVersion _version = new();
    private DateTimeOffset _lastUse = time.GetUtcNow();

    public ValueTask<StreamPosition> AppendAsync(PublishRequest request)
    {
        _lastUse = time.GetUtcNow();
        if (request.IdempotencyKey is not { Length: > 0 } key)
        {
            return ValueTask.FromResult(Append(request));
        }

        // A busy channel sees many generated keys: they must not push out the keys that publishers gave.
        var keys = IdempotencyKeys.IsGenerated(key) ? _generatedKeys : _givenKeys;
        if (!keys.TryGet(key, out var position))
        {
            position = Append(request);
            keys.Add(key, position);
        }

        return ValueTask.FromResult(position);
    }

    public ValueTask<StreamPosition> GetTopAsync()
    {
        _lastUse = time.GetUtcNow();
        return ValueTask.FromResult(_history?.Top ?? StreamPosition.None);
    }

    public ValueTask<Publication?> GetLatestAsync() => ValueTask.FromResult(_history?.Latest);

    public ValueTask<HistoryPage> ReadAfterAsync(ulong after, int limit) => ValueTask.FromResult(Page(_history?.ReadAfter(after, limit)));

    public ValueTask<HistoryPage> ReadBeforeAsync(ulong? before, int limit) => ValueTask.FromResult(Page(_history?.ReadBefore(before, limit)));

    public ValueTask RemoveAsync()
    {
        _history?.Clear();
        return ValueTask.CompletedTask;
    }

    public DateTimeOffset? Trim() => _history?.Trim();

    public DateTimeOffset KeepUntil()
    {
        var until = Later(_givenKeys.LastExpiry ?? _lastUse, _generatedKeys.LastExpiry ?? _lastUse);
        if (_history is null)
        {
            return until;
        }

        var historyUntil = _history.ExpiresAt ?? _lastUse;
        var metaUntil = options.HistoryMetaTtl > TimeSpan.Zero
            ? Later(historyUntil, _lastUse + options.HistoryMetaTtl)
            : Later(historyUntil, _lastUse) + DefaultMetaTtl;
        return Later(until, metaUntil);
    }

    private StreamPosition Append(PublishRequest request)
    {
        if (_history is null || request.SkipHistory)
        {
            owner.Deliver("", request.ToPublication(0, options));
            return StreamPosition.None;
        }

        if (!_version.TryAdvance(request.Version, request.VersionEpoch))
        {
            return _history.Top;
        }

        var publication = request.ToPublication(_history.Top.Offset + 1, options);
        _history.Append(publication);
        owner.Deliver(_history.Top.Epoch, publication);
        return _history.Top;
    }

    private HistoryPage Page(IReadOnlyList<Publication>? publications)
    {
        _lastUse = time.GetUtcNow();
        return new HistoryPage { Publications = publications ?? [], Top = _history?.Top ?? StreamPosition.None };
    }

    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;
}
