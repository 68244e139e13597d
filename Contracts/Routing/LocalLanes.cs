using System.Collections.Concurrent;

namespace WsCluster.Routing;

/// <summary>
/// The lanes of a gateway in this very process. A silo that shares it (embedded mode) hands its batches over as they are, without a
/// message. Safe to use from any thread.
/// </summary>
public sealed class LocalLanes
{
    private readonly ConcurrentDictionary<(string GatewayId, long Incarnation, int Lane), IGatewayObserver> _observers = new();

    /// <summary>
    /// Has the calling thread do work when it is done with what it is at; false when it takes none. Null while no thread does.
    /// </summary>
    public Func<IThreadPoolWorkItem, bool>? Defer { get; set; }

    /// <summary>A lane is here.</summary>
    /// <param name="lane">As silos know it.</param>
    /// <param name="observer">What takes the batches.</param>
    public void Add(GatewayLane lane, IGatewayObserver observer)
    {
        ArgumentNullException.ThrowIfNull(lane);
        _observers[(lane.GatewayId, lane.Incarnation, lane.Lane)] = observer;
    }

    /// <summary>Where to deliver: the lane itself when it is here, else its reference.</summary>
    public IGatewayObserver Resolve(GatewayLane lane)
    {
        ArgumentNullException.ThrowIfNull(lane);
        return _observers.TryGetValue((lane.GatewayId, lane.Incarnation, lane.Lane), out var observer) ? observer : lane.Observer;
    }
}
