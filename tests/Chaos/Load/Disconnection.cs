namespace WsCluster.Tests.Chaos.Load;

/// <summary>A connection that ended, and why.</summary>
internal sealed record Disconnection(string Client, Uri Gateway, long At, string Reason)
{
    /// <summary>How a reason starts that the server did not make.</summary>
    public const string OwnDecision = "client: ";

    /// <summary>The client itself ended it: it gave up waiting, or a fault made it.</summary>
    public bool IsOwnDecision => Reason.StartsWith(OwnDecision, StringComparison.Ordinal);
}
