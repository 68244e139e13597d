namespace WsCluster.Gateway.CommandLine;

/// <summary>What a load run does.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Subscribers">Connections that subscribe to it.</param>
/// <param name="Publishers">Connections that publish to it.</param>
/// <param name="Rate">Publications a second, of all publishers together.</param>
/// <param name="Duration">How long they publish.</param>
/// <param name="PayloadBytes">The size of a message.</param>
internal sealed record BenchPlan(string Channel, int Subscribers, int Publishers, int Rate, TimeSpan Duration, int PayloadBytes);
