using Orleans;
using Orleans.Runtime;

namespace WsCluster.Grains.Hosting.Membership;

/// <summary>Finds silos that are taken for alive and that the membership table has lost.</summary>
internal sealed class PeerRows
{
    /// <summary>Reads in a row that must find a row missing: one more than the silo itself needs, which then says so itself.</summary>
    public const int ReadsUntilLost = OwnRow.ReadsUntilLost + 1;

    private readonly Dictionary<SiloAddress, int> _missed = [];

    /// <summary>Takes a read, and who is taken for alive.</summary>
    /// <returns>The silos that are lost.</returns>
    public IReadOnlyList<SiloAddress> Judge(MembershipTableData table, IReadOnlyCollection<SiloAddress> alive)
    {
        var missing = alive.Where(silo => table.TryGet(silo) is null).ToHashSet();
        foreach (var found in _missed.Keys.Where(silo => !missing.Contains(silo)).ToList())
        {
            _missed.Remove(found);
        }

        foreach (var silo in missing)
        {
            _missed[silo] = _missed.GetValueOrDefault(silo) + 1;
        }

        return [.. missing.Where(silo => _missed[silo] >= ReadsUntilLost)];
    }
}
