namespace WsCluster.Behaviors;

/// <summary>What a behavior can see and do of its user. To be used in its handlers only.</summary>
public interface IBehaviorUser
{
    /// <summary>The user's id.</summary>
    string Id { get; }

    /// <summary>The live connections, on all gateways.</summary>
    IReadOnlyList<UserSession> Sessions { get; }

    /// <summary>The clock to use in handlers, which tests can move.</summary>
    TimeProvider Time { get; }

    /// <summary>Does something to the live connections when the handler has ended without a failure.</summary>
    /// <exception cref="InvalidOperationException">
    /// One handler gives more commands than <c>WsCluster:Behaviors:MaxPublications</c>, or gives one after it took too long.
    /// </exception>
    void Execute(UserCommand command);
}
