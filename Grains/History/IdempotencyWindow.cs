using System.Diagnostics.CodeAnalysis;
using WsCluster.Grains.Limits;

namespace WsCluster.Grains.History;

/// <summary>
/// What earlier publishes with an idempotency key returned, for <see cref="Lifetime"/>. At most <see cref="Capacity"/>
/// keys: past that the oldest go first.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="onEarlyEnd">Called when a key goes before its time.</param>
/// <param name="silo">What the silo's channels remember together: when that is too much, this one forgets a key for each new one.</param>
/// <param name="lifetime">How long a key is remembered; <see cref="Lifetime"/> if not given.</param>
internal sealed class IdempotencyWindow(TimeProvider time, Action? onEarlyEnd = null, Allowance? silo = null, TimeSpan? lifetime = null)
{
    public const int Capacity = 10_000;
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>For keys that were generated for the retries of one publish, which end within two minutes at most.</summary>
    public static readonly TimeSpan GeneratedLifetime = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, StreamPosition> _results = new(StringComparer.Ordinal);
    private readonly Queue<(string Key, DateTimeOffset Until)> _byAge = new();
    private DateTimeOffset _lastExpiry;

    /// <summary>When the youngest key expires; null when there are none.</summary>
    public DateTimeOffset? LastExpiry => _results.Count == 0 ? null : _lastExpiry;

    public bool TryGet(string key, [MaybeNullWhen(false)] out StreamPosition result)
    {
        DropExpired();
        return _results.TryGetValue(key, out result);
    }

    /// <summary>The keys that have not expired, oldest first, each with its result and the time that it has left.</summary>
    public IReadOnlyList<RememberedKey> All()
    {
        DropExpired();
        var now = time.GetUtcNow();
        return [.. _byAge.Select(key => new RememberedKey(key.Key, _results[key.Key], key.Until - now))];
    }

    /// <summary>Remembers the keys of an activation that is gone, oldest first.</summary>
    public void Restore(IReadOnlyList<RememberedKey> keys)
    {
        foreach (var key in keys)
        {
            Add(key.Key, key.Result, key.TimeLeft);
        }
    }

    /// <summary>Forgets all keys.</summary>
    public void Clear()
    {
        silo?.Return(_results.Count);
        _results.Clear();
        _byAge.Clear();
    }

    /// <summary>Remembers the result of a key that is not in the window.</summary>
    public void Add(string key, StreamPosition result) => Add(key, result, lifetime ?? Lifetime);

    private void Add(string key, StreamPosition result, TimeSpan timeLeft)
    {
        DropExpired();
        if (_results.Count > 0 && (_results.Count == Capacity || silo?.Used >= silo?.Limit))
        {
            DropOldest();
            onEarlyEnd?.Invoke();
        }

        _results.Add(key, result);
        silo?.Take(1);
        _lastExpiry = time.GetUtcNow() + timeLeft;
        _byAge.Enqueue((key, _lastExpiry));
    }

    private void DropExpired()
    {
        if (_byAge.Count == 0)
        {
            return;
        }

        var now = time.GetUtcNow();
        while (_byAge.TryPeek(out var oldest) && oldest.Until <= now)
        {
            DropOldest();
        }
    }

    private void DropOldest()
    {
        _results.Remove(_byAge.Dequeue().Key);
        silo?.Return(1);
    }
}
