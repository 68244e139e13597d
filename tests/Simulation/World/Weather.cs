namespace WsCluster.Tests.Simulation.World;

/// <summary>How the network treats messages now. Chances are between 0 and 1.</summary>
internal sealed record Weather
{
    /// <summary>Nothing is lost, everything takes a moment.</summary>
    public static Weather Calm { get; } = new();

    /// <summary>A message never arrives.</summary>
    public double Loss { get; init; }

    /// <summary>A message takes up to seconds: later ones overtake it.</summary>
    public double Delay { get; init; }

    /// <summary>A call ends with an error at once, though it may still arrive: the connection broke.</summary>
    public double Break { get; init; }

    /// <summary>A batch arrives a second time, later.</summary>
    public double Repeat { get; init; }
}
