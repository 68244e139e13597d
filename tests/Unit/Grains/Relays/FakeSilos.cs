using Orleans.Runtime;

namespace WsCluster.Tests.Unit.Grains.Relays;

/// <summary>A cluster of given silos, seen by the first.</summary>
internal sealed class FakeSilos(params SiloAddress[] silos) : ISiloStatusOracle
{
    public SiloStatus CurrentStatus => SiloStatus.Active;

    public string SiloName => "silo";

    public SiloAddress SiloAddress => silos[0];

    public Dictionary<SiloAddress, SiloStatus> GetApproximateSiloStatuses(bool onlyActive = false) => silos.ToDictionary(silo => silo, _ => SiloStatus.Active);

    public SiloAddress[] GetActiveSilos() => silos;

    public SiloStatus GetApproximateSiloStatus(SiloAddress siloAddress) => SiloStatus.Active;

    public bool TryGetSiloName(SiloAddress siloAddress, out string siloName) => throw new NotSupportedException();

    public bool IsFunctionalDirectory(SiloAddress siloAddress) => true;

    public bool IsDeadSilo(SiloAddress silo) => false;

    public bool SubscribeToSiloStatusEvents(ISiloStatusListener observer) => throw new NotSupportedException();

    public bool UnSubscribeFromSiloStatusEvents(ISiloStatusListener observer) => throw new NotSupportedException();
}
