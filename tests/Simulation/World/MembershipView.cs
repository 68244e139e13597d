using Orleans.Runtime;

namespace WsCluster.Tests.Simulation.World;

/// <summary>What a silo knows of the cluster: itself only, so that nobody takes over what it has in memory when it stops.</summary>
internal sealed class MembershipView(SiloAddress self) : ISiloStatusOracle
{
    public SiloStatus CurrentStatus => SiloStatus.Active;

    public string SiloName => "silo";

    public SiloAddress SiloAddress => self;

    public Dictionary<SiloAddress, SiloStatus> GetApproximateSiloStatuses(bool onlyActive = false) => new() { [self] = CurrentStatus };

    public SiloAddress[] GetActiveSilos() => [self];

    public SiloStatus GetApproximateSiloStatus(SiloAddress siloAddress) => throw new NotSupportedException();

    public bool TryGetSiloName(SiloAddress siloAddress, out string siloName) => throw new NotSupportedException();

    public bool IsFunctionalDirectory(SiloAddress siloAddress) => throw new NotSupportedException();

    public bool IsDeadSilo(SiloAddress silo) => throw new NotSupportedException();

    public bool SubscribeToSiloStatusEvents(ISiloStatusListener observer) => throw new NotSupportedException();

    public bool UnSubscribeFromSiloStatusEvents(ISiloStatusListener observer) => throw new NotSupportedException();
}
