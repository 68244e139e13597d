using WsCluster.Configuration;

namespace WsCluster.Grains.History;

/// <summary>The stream of one channel in memory: history, idempotency keys and the last version.</summary>
internal sealed class MemoryChannelStream(ChannelOptions options, TimeProvider time) : IChannelStream
{
    /// <summary>How long offset and epoch outlive the publications when <see cref="ChannelOptions.HistoryMetaTtl"/> is 0.</summary>
    public static readonly TimeSpan DefaultMetaTtl = TimeSpan.FromMinutes(10);

    private readonly ChannelHistory? _history = options.HasHistory ? new ChannelHistory(options.HistorySize, options.HistoryTtl, time) : null;
    private readonly IdempotencyWindow _idempotency = new(time);
    private readonly PublicationVersion _version = new();
    private DateTimeOffset _lastUse = time.GetUtcNow();

    public ValueTask<AppendResult> AppendAsync(PublishRequest request)
    {
        _lastUse = time.GetUtcNow();
        var key = request.IdempotencyKey;
        if (!string.IsNullOrEmpty(key) && _idempotency.TryGet(key, out var first))
        {
            return ValueTask.FromResult(new AppendResult(null, first));
        }

        var result = Append(request);
        if (!string.IsNullOrEmpty(key))
        {
            _idempotency.Add(key, result.Position);
        }

        return ValueTask.FromResult(result);
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
        var until = _idempotency.LastExpiry ?? _lastUse;
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

    private AppendResult Append(PublishRequest request)
    {
        if (_history is null || request.SkipHistory)
        {
            return new AppendResult(Publication(request, 0), StreamPosition.None);
        }

        if (!_version.TryAdvance(request.Version, request.VersionEpoch))
        {
            return new AppendResult(null, _history.Top);
        }

        var publication = Publication(request, _history.Top.Offset + 1);
        _history.Append(publication);
        return new AppendResult(publication, _history.Top);
    }

    private Publication Publication(PublishRequest request, ulong offset) => new()
    {
        Offset = offset,
        Data = request.Data,
        Info = request.Info,
        Tags = request.Tags,
        Delta = request.Delta || options.DeltaPublish,
    };

    private HistoryPage Page(IReadOnlyList<Publication>? publications)
    {
        _lastUse = time.GetUtcNow();
        return new HistoryPage { Publications = publications ?? [], Top = _history?.Top ?? StreamPosition.None };
    }

    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;
}
