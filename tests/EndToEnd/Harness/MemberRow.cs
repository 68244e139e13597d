namespace WsCluster.Tests.EndToEnd.Harness;

/// <summary>What the membership table says about a silo.</summary>
/// <param name="Status">Orleans' number of the status.</param>
/// <param name="IAmAliveTime">When the silo last said that it is alive.</param>
internal sealed record MemberRow(int Status, DateTime IAmAliveTime)
{
    /// <summary>The silo is in the cluster.</summary>
    public const int Active = 3;

    /// <summary>The silo is out of the cluster for good.</summary>
    public const int Dead = 6;
}
