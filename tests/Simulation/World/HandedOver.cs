using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Orleans.Runtime;
using WsCluster.Grains.History;

namespace WsCluster.Tests.Simulation.World;

/// <summary>What an activation that ends leaves to the channel's next one: Orleans would carry it to another silo.</summary>
internal sealed class HandedOver(Tampering tampering) : IDehydrationContext, IRehydrationContext
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    public IEnumerable<string> Keys => _values.Keys;

    public bool IsEmpty => _values.Count == 0;

    public bool TryAddValue<T>(string key, T? value) => _values.TryAdd(key, value switch
    {
        StreamState state => tampering.HandedOver(state),
        StreamSnapshot state => tampering.HandedOver(state),
        _ => value,
    });

    public bool TryGetValue<T>(string key, [NotNullWhen(true)] out T? value)
    {
        var isThere = _values.TryGetValue(key, out var found);
        value = isThere ? (T?)found : default;
        return value is not null;
    }

    public void AddBytes(string key, ReadOnlySpan<byte> value) => throw new NotSupportedException();

    public void AddBytes<T>(string key, Action<T, IBufferWriter<byte>> valueWriter, T value) => throw new NotSupportedException();

    public bool TryGetBytes(string key, out ReadOnlySequence<byte> value) => throw new NotSupportedException();

    public void Dispose() => _values.Clear();
}
