using System.Runtime.CompilerServices;
using Orleans.Runtime;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Grains;

/// <summary>A gateway lane that records batches and answers as the test says.</summary>
internal sealed class RecordingObserver : IGatewayObserver
{
    /// <summary>What a call ends with when the cluster has no connection to the gateway.</summary>
    public static Task Unavailable => Task.FromException((Exception)RuntimeHelpers.GetUninitializedObject(typeof(ClientNotAvailableException)));

    private readonly Lock _lock = new();
    private readonly List<DeliveryBatch> _batches = [];
    private int _inFlight;

    /// <summary>What a call returns; by default it acknowledges at once.</summary>
    public Func<DeliveryBatch, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public int MostInFlight { get; private set; }

    public IReadOnlyList<DeliveryBatch> Batches
    {
        get
        {
            lock (_lock)
            {
                return [.. _batches];
            }
        }
    }

    /// <summary>The entries of all batches, one after the other.</summary>
    public byte[] Bytes => [.. Batches.SelectMany(batch => batch.Entries)];

    public async Task DeliverAsync(DeliveryBatch batch)
    {
        lock (_lock)
        {
            _batches.Add(batch);
            MostInFlight = Math.Max(MostInFlight, ++_inFlight);
        }

        try
        {
            await Answer(batch);
        }
        finally
        {
            lock (_lock)
            {
                _inFlight--;
            }
        }
    }
}
