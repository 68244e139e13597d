namespace WsCluster.Behaviors;

/// <summary>What a behavior can do in its channel. To be used in its handlers only.</summary>
public interface IBehaviorChannel
{
    /// <summary>The channel's name, with its namespace.</summary>
    string Name { get; }

    /// <summary>The newest publication, which the state includes; <see cref="StreamPosition.None"/> without history.</summary>
    StreamPosition Position { get; }

    /// <summary>The clock to use in handlers, which tests can move.</summary>
    TimeProvider Time { get; }

    /// <summary>
    /// Publishes when the handler has ended without a failure: behind what it decided about, and before anything else is handled.
    /// It is not decided about again.
    /// </summary>
    /// <exception cref="InvalidOperationException">The handler publishes more than <c>WsCluster:Behaviors:MaxPublications</c>.</exception>
    void Publish(PublishRequest request);

    /// <summary>
    /// Starts a timer, or sets the one of that name anew. Timers end with the activation: start them in
    /// <see cref="ChannelBehavior.StartAsync"/> from what the state says. An activation with a timer is not collected as idle.
    /// </summary>
    /// <param name="timer">The name that <see cref="ChannelBehavior.TimerAsync"/> gets.</param>
    /// <param name="due">How long until it is due; at least 10 ms.</param>
    /// <param name="period">How often it is due from then on, at least every 10 ms; null for once.</param>
    /// <exception cref="InvalidOperationException">There are 32 timers already.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A time is too short, or longer than a day.</exception>
    void StartTimer(string timer, TimeSpan due, TimeSpan? period = null);

    /// <summary>Ends a timer, if there is one of that name.</summary>
    void StopTimer(string timer);
}
