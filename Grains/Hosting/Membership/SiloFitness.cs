namespace WsCluster.Grains.Hosting.Membership;

/// <summary>Whether a silo may still serve.</summary>
/// <param name="exit">Ends the process with an exit code.</param>
public sealed class SiloFitness(Action<int> exit)
{
    /// <summary>The process's exit code when the membership table has lost the silo: start it again.</summary>
    public const int MembershipLostExitCode = 3;

    /// <summary>The process's exit code when it was told to stop and could not come to an end, mostly for want of Redis.</summary>
    public const int StopUnfinishedExitCode = 4;

    private volatile bool _isLost;

    /// <summary>A silo that ends its own process.</summary>
    public SiloFitness() : this(Environment.Exit)
    {
    }

    /// <summary>True once the silo must not serve any more: it is about to end, and is not ready.</summary>
    public bool IsLost => _isLost;

    /// <summary>Why the membership table cannot be read now; null while it can.</summary>
    public string? RedisProblem { get; private set; }

    internal void ReadMembership(string? problem) => RedisProblem = problem;

    internal void Lose() => _isLost = true;

    internal void Exit(int code) => exit(code);
}
