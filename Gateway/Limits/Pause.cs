namespace WsCluster.Gateway.Limits;

/// <summary>How long a client must wait because it was too fast.</summary>
/// <param name="Wait">The time; zero when it was not.</param>
/// <param name="Limit">In what, by a name of <see cref="GatewayLimit"/>.</param>
internal readonly record struct Pause(TimeSpan Wait, string Limit);
