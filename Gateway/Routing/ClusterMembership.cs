namespace WsCluster.Gateway.Routing;

/// <summary>
/// Whether this process has joined the cluster since its start. Before that no grain can be called; afterwards the cluster may
/// be away for a while, which the calls themselves deal with.
/// </summary>
internal sealed class ClusterMembership
{
    private volatile bool _hasJoined;

    /// <summary>True once it has joined.</summary>
    public bool HasJoined => _hasJoined;

    /// <summary>It has joined.</summary>
    public void Joined() => _hasJoined = true;
}
