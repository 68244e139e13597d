namespace WsCluster.Gateway.Subscriptions.Derived;

/// <summary>What a subscription gets that does not get everything. Such a one has no position: what it is not sent is no gap.</summary>
internal abstract record Derivation
{
    private Derivation()
    {
    }

    /// <summary>The newest publication of each key, this often at most.</summary>
    /// <param name="Every">Time between two sends.</param>
    /// <param name="WhileSlow">Only while its connection is slow; everything otherwise.</param>
    public sealed record Latest(TimeSpan Every, bool WhileSlow) : Derivation;

    /// <summary>The first of every so many publications.</summary>
    /// <param name="OneOf">How many that is.</param>
    public sealed record Sample(int OneOf) : Derivation;
}
