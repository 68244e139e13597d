using WsCluster.Behaviors;

namespace WsCluster.Grains.Behaviors;

/// <summary>The channel as its behavior sees it.</summary>
internal sealed class BehaviorChannel(string name, BehaviorState state, BehaviorTimers timers, BehaviorOptions options, TimeProvider time)
    : IBehaviorChannel
{
    private List<PublishRequest> _published = [];

    public string Name => name;

    public StreamPosition Position => state.Position;

    public TimeProvider Time => time;

    public void Publish(PublishRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (_published.Count == options.MaxPublications)
        {
            throw new InvalidOperationException($"A handler publishes at most {options.MaxPublications} times (WsCluster:Behaviors:MaxPublications).");
        }

        _published.Add(request);
    }

    public void StartTimer(string timer, TimeSpan due, TimeSpan? period = null) => timers.Start(timer, due, period);

    public void StopTimer(string timer) => timers.Stop(timer);

    /// <summary>What the handler published, and forgets it.</summary>
    public IReadOnlyList<PublishRequest> TakePublished()
    {
        if (_published.Count == 0)
        {
            return [];
        }

        var published = _published;
        _published = [];
        return published;
    }
}
