namespace WsCluster.Tests.Chaos.Check;

/// <summary>A presence channel at the end of the time that it had to become right.</summary>
internal sealed record PresenceReading(string Channel, IReadOnlySet<string> Connected, IReadOnlySet<string> Reported);
