using System.Diagnostics.CodeAnalysis;
using WsCluster.Grains.Limits;

namespace WsCluster.Grains.History;

/// <summary>
/// The idempotency keys that a stream in memory remembers. Those that publishers gave and those that were generated for the
/// retries of one publish have a window each: a busy channel sees many of the latter, and they must not push out the former.
/// </summary>
internal sealed class PublishKeys(TimeProvider time, Action? onEarlyEnd = null, Allowance? silo = null)
{
    private readonly IdempotencyWindow _given = new(time, onEarlyEnd, silo);
    private readonly IdempotencyWindow _generated = new(time, null, silo, IdempotencyWindow.GeneratedLifetime);

    /// <summary>When the youngest key expires; null when there are none.</summary>
    public DateTimeOffset? LastExpiry => _given.LastExpiry is { } given && !(_generated.LastExpiry > given) ? given : _generated.LastExpiry;

    /// <summary>What the publish with this key returned.</summary>
    public bool TryGet(string key, [MaybeNullWhen(false)] out StreamPosition result) => WindowOf(key).TryGet(key, out result);

    /// <summary>Remembers the result of a key that is not remembered yet.</summary>
    public void Add(string key, StreamPosition result) => WindowOf(key).Add(key, result);

    /// <summary>All keys, those that publishers gave behind the others: who keeps only the newest keeps these.</summary>
    public IReadOnlyList<RememberedKey> All() => [.. _generated.All(), .. _given.All()];

    /// <summary>Remembers the keys of an activation that is gone, oldest first.</summary>
    public void Restore(IReadOnlyList<RememberedKey> keys)
    {
        foreach (var window in keys.GroupBy(key => IdempotencyKeys.IsGenerated(key.Key)))
        {
            (window.Key ? _generated : _given).Restore([.. window]);
        }
    }

    /// <summary>Forgets all keys.</summary>
    public void Clear()
    {
        _given.Clear();
        _generated.Clear();
    }

    private IdempotencyWindow WindowOf(string key) => IdempotencyKeys.IsGenerated(key) ? _generated : _given;
}
