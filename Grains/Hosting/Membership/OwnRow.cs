using Orleans;
using Orleans.Runtime;

namespace WsCluster.Grains.Hosting.Membership;

/// <summary>
/// Judges what a silo reads about itself in the membership table. A table without the silo's row, or one that is younger than
/// the silo's joining, belongs to another life of the cluster: the others no longer know this silo, or no longer exist.
/// </summary>
/// <remarks>
/// A row alone proves nothing: whoever writes it anew, with its time of being alive say, writes it into the young table. Its
/// version tells: a table counts every change, from 0.
/// </remarks>
internal sealed class OwnRow(SiloAddress self)
{
    /// <summary>Reads in a row that must find the row missing: a single one may have met a fail-over half done.</summary>
    public const int ReadsUntilLost = 2;

    private int? _joinedAt; // the version of the table in which the silo was first seen active
    private int _missed;

    /// <summary>Takes a read; null when the store has no table at all.</summary>
    /// <returns>Why the silo is lost, or null while it is not, or not certainly.</returns>
    public string? Judge(MembershipTableData? table)
    {
        var row = table?.TryGet(self)?.Item1;
        if (_joinedAt is null)
        {
            _joinedAt = row is { Status: SiloStatus.Active } ? table!.Version.Version : null;
            return null;
        }

        var problem = table is null ? "the table is gone"
            : table.Version.Version < _joinedAt ? $"the table has begun anew (version {table.Version.Version}, joined at {_joinedAt})"
            : row is null ? "the row of this silo is gone"
            : null;
        _missed = problem is null ? 0 : _missed + 1;
        return _missed >= ReadsUntilLost ? problem : null;
    }
}
