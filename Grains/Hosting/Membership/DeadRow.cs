using Orleans;
using Orleans.Runtime;

namespace WsCluster.Grains.Hosting.Membership;

/// <summary>
/// Writes down that a silo is dead whose row the table has lost. Without a row Orleans declares nobody dead, and the others would
/// go on sending calls to a silo that no longer exists.
/// </summary>
internal static class DeadRow
{
    private const int Attempts = 5;

    /// <summary>Writes the row unless there is one. False when others kept changing the table meanwhile.</summary>
    public static async Task<bool> WriteAsync(IMembershipTable table, SiloAddress silo, string siloName, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var read = await table.ReadAllAsync(cancellationToken);
            if (read.TryGet(silo) is not null || await table.InsertRowAsync(RowOf(silo, siloName, time), read.Version.Next(), cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    private static MembershipEntry RowOf(SiloAddress silo, string siloName, TimeProvider time)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return new MembershipEntry
        {
            SiloAddress = silo,
            SiloName = siloName,
            HostName = silo.Endpoint.Address.ToString(),
            Status = SiloStatus.Dead,
            StartTime = now,
            IAmAliveTime = now,
        };
    }
}
