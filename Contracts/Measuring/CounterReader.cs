using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace WsCluster.Measuring;

/// <summary>
/// Sums up counters of a process while it lives: nobody pays for what nobody reads. The sums begin at zero with it.
/// </summary>
internal sealed class CounterReader : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, StrongBox<long>> _sums;

    /// <param name="scope">Whose instruments: several hosts can share a process.</param>
    /// <param name="counters">Their names.</param>
    public CounterReader(IMeterFactory scope, params ReadOnlySpan<string> counters)
    {
        _sums = new Dictionary<string, StrongBox<long>>(StringComparer.Ordinal);
        foreach (var counter in counters)
        {
            _sums.Add(counter, new StrongBox<long>());
        }

        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, scope) && _sums.TryGetValue(instrument.Name, out var sum))
            {
                listener.EnableMeasurementEvents(instrument, sum);
            }
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, _, sum) => Interlocked.Add(ref ((StrongBox<long>)sum!).Value, value));
        _listener.Start();
    }

    /// <summary>What a counter has counted.</summary>
    public long this[string counter] => Interlocked.Read(ref _sums[counter].Value);

    public void Dispose() => _listener.Dispose();
}
