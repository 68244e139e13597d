using WsCluster.Configuration;
using WsCluster.Grains.Limits;

namespace WsCluster.Grains.History;

/// <summary>
/// The stream of one channel in memory: history, idempotency keys and the last version. One lock guards it all, and a publication is
/// queued for the gateways under it, so that they get the offsets in order.
/// </summary>
internal sealed class MemoryChannelStream(ChannelOptions options, IStreamOwner owner, TimeProvider time, GrainMetrics metrics, SiloLimits limits)
    : IChannelStream, IHandedOverStream
{
    /// <summary>How long offset and epoch outlive the publications when <see cref="ChannelOptions.HistoryMetaTtl"/> is 0.</summary>
    public static readonly TimeSpan DefaultMetaTtl = TimeSpan.FromMinutes(10);

    private readonly Lock _sync = new();
    private readonly ChannelHistory? _kept = options.HasHistory
        ? new ChannelHistory(options.HistorySize, options.HistoryTtl, time, limits.ChannelHistoryBytes, limits.History, () => metrics.LimitHit("history"))
        : null;

    private readonly PublishKeys _keys = new(time, metrics.KeyForgotten, limits.Keys);
    private readonly PublicationVersion _version = new();
    private DateTimeOffset _lastUse = time.GetUtcNow();

    /// <summary>The history, as the options want it now; null where there was none when the stream was opened.</summary>
    private ChannelHistory? History
    {
        get
        {
            if (_kept is not null && options is { HistorySize: > 0 and var size, HistoryTtl: var ttl } && ttl > TimeSpan.Zero)
            {
                _kept.Keep(size, ttl); // when it was switched off, the activation ends soon, and history with it
            }

            return _kept;
        }
    }

    public bool TakesAnyThread => true;

    public ValueTask<StreamPosition> AppendAsync(PublishRequest request)
    {
        lock (_sync)
        {
            _lastUse = time.GetUtcNow();
            if (request.IdempotencyKey is not { Length: > 0 } key)
            {
                return ValueTask.FromResult(Append(request));
            }

            if (!_keys.TryGet(key, out var position))
            {
                position = Append(request);
                _keys.Add(key, position);
            }

            return ValueTask.FromResult(position);
        }
    }

    public ValueTask<StreamPosition?> FindAsync(string idempotencyKey)
    {
        lock (_sync)
        {
            return ValueTask.FromResult(_keys.TryGet(idempotencyKey, out var position) ? position : (StreamPosition?)null);
        }
    }

    public ValueTask SettleAsync() => ValueTask.CompletedTask;

    public ValueTask<StreamPosition> GetTopAsync()
    {
        lock (_sync)
        {
            _lastUse = time.GetUtcNow();
            return ValueTask.FromResult(History?.Top ?? StreamPosition.None);
        }
    }

    public ValueTask<Publication?> GetLatestAsync()
    {
        lock (_sync)
        {
            return ValueTask.FromResult(History?.Latest);
        }
    }

    public ValueTask<HistoryPage> ReadAfterAsync(ulong after, int limit)
    {
        lock (_sync)
        {
            return ValueTask.FromResult(Page(History?.ReadAfter(after, limit)));
        }
    }

    public ValueTask<HistoryPage> ReadBeforeAsync(ulong? before, int limit)
    {
        lock (_sync)
        {
            return ValueTask.FromResult(Page(History?.ReadBefore(before, limit)));
        }
    }

    public ValueTask RemoveAsync()
    {
        lock (_sync)
        {
            History?.Clear();
            return ValueTask.CompletedTask;
        }
    }

    public DateTimeOffset? Trim()
    {
        lock (_sync)
        {
            return History?.Trim();
        }
    }

    public DateTimeOffset KeepUntil()
    {
        lock (_sync)
        {
            return KeepUntilLocked();
        }
    }

    public void Close()
    {
        lock (_sync)
        {
            History?.Clear();
            _keys.Clear();
        }
    }

    public StreamState? HandOver(long maxBytes)
    {
        lock (_sync)
        {
            return HandOverLocked(maxBytes);
        }
    }

    public void TakeOver(StreamState state)
    {
        lock (_sync)
        {
            if (!state.Top.IsNone)
            {
                History?.Restore(state.Top, state.Publications, state.TimeLeft);
            }

            _keys.Restore(state.Keys);
            _version.Restore(state.Version, state.VersionEpoch);
        }
    }

    private DateTimeOffset KeepUntilLocked()
    {
        var until = _keys.LastExpiry ?? _lastUse;
        if (History is not { } history)
        {
            return until;
        }

        var historyUntil = history.ExpiresAt ?? _lastUse;
        var metaUntil = options.HistoryMetaTtl > TimeSpan.Zero
            ? Later(historyUntil, _lastUse + options.HistoryMetaTtl)
            : Later(historyUntil, _lastUse) + DefaultMetaTtl;
        return Later(until, metaUntil);
    }

    private StreamState? HandOverLocked(long maxBytes)
    {
        var keys = _keys.All();
        var top = History?.Top ?? StreamPosition.None;
        if (top.IsNone && keys.Count == 0)
        {
            return null;
        }

        // A key forgotten can mean a publication twice; one that left history only a recovery that says so. So keys first.
        var kept = NewestWithin(keys, key => StreamSize.OfKey(key.Key), ref maxBytes);
        var publications = NewestWithin(History?.ReadAfter(0, -1) ?? [], StreamSize.Of, ref maxBytes);
        return new StreamState
        {
            Top = top,
            Publications = publications,
            TimeLeft = (History?.ExpiresAt ?? time.GetUtcNow()) - time.GetUtcNow(),
            Keys = kept,
            Version = _version.Last.Version,
            VersionEpoch = _version.Last.Epoch,
        };
    }

    private StreamPosition Append(PublishRequest request)
    {
        if (request.SkipHistory || History is not { } history)
        {
            owner.Deliver("", request.ToPublication(0, options));
            return StreamPosition.None;
        }

        if (!_version.TryAdvance(request.Version, request.VersionEpoch))
        {
            return history.Top;
        }

        var publication = request.ToPublication(history.Top.Offset + 1, options);
        history.Append(publication);
        owner.Deliver(history.Top.Epoch, publication);
        return history.Top;
    }

    private HistoryPage Page(IReadOnlyList<Publication>? publications)
    {
        _lastUse = time.GetUtcNow();
        return new HistoryPage { Publications = publications ?? [], Top = History?.Top ?? StreamPosition.None };
    }

    private static IReadOnlyList<T> NewestWithin<T>(IReadOnlyList<T> oldestFirst, Func<T, long> sizeOf, ref long maxBytes)
    {
        var first = oldestFirst.Count;
        while (first > 0 && sizeOf(oldestFirst[first - 1]) <= maxBytes)
        {
            maxBytes -= sizeOf(oldestFirst[--first]);
        }

        return first == 0 ? oldestFirst : [.. oldestFirst.Skip(first)];
    }

    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;
}
