namespace WsCluster.Gateway.CommandLine;

/// <summary>What commands end with.</summary>
internal static class ExitCodes
{
    /// <summary>Done; what was checked is good.</summary>
    public const int Done = 0;

    /// <summary>It failed, or what was checked is bad: a sentence on standard error says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line itself is wrong.</summary>
    public const int WrongUse = 2;

    /// <summary>Ended by Ctrl-C before it was done.</summary>
    public const int Interrupted = 130;
}
