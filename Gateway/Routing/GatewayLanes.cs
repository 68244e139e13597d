using Microsoft.Extensions.Options;
using WsCluster.Gateway.Hosting;
using WsCluster.Routing;

namespace WsCluster.Gateway.Routing;

/// <summary>
/// This gateway's identity in the cluster and its delivery lanes. Orleans runs the calls to one observer one at a time; a
/// few lanes let several cores work while every channel keeps its order.
/// </summary>
internal sealed class GatewayLanes
{
    // Orleans keeps only weak references to observers: these fields keep them alive.
    private readonly List<GatewayObserver> _observers = [];
    private readonly GatewayLane[] _lanes;

    public GatewayLanes(IGrainFactory grains, IOptions<GatewayOptions> options, TimeProvider time, DeliveryDispatcher dispatcher, LocalLanes? local = null)
    {
        GatewayId = options.Value.Id is { Length: > 0 } id ? id : $"{Environment.MachineName}-{Guid.NewGuid().ToString("N")[..8]}";
        Incarnation = time.GetUtcNow().UtcTicks;
        _lanes = new GatewayLane[options.Value.Lanes];
        for (var i = 0; i < _lanes.Length; i++)
        {
            var observer = new GatewayObserver(i, dispatcher);
            _observers.Add(observer);
            _lanes[i] = new GatewayLane
            {
                GatewayId = GatewayId,
                Incarnation = Incarnation,
                Lane = i,
                Observer = grains.CreateObjectReference<IGatewayObserver>(observer),
            };
            local?.Add(_lanes[i], observer);
        }
    }

    /// <summary>The gateway's id.</summary>
    public string GatewayId { get; }

    /// <summary>When this process started, in UTC ticks.</summary>
    public long Incarnation { get; }

    /// <summary>The lane of a channel or user.</summary>
    public GatewayLane For(string key) => _lanes[(uint)string.GetHashCode(key, StringComparison.Ordinal) % (uint)_lanes.Length];
}
