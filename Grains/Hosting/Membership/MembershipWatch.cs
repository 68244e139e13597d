using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Clustering.Redis;
using Orleans.Runtime;
using WsCluster.Grains.Routing;

namespace WsCluster.Grains.Hosting.Membership;

/// <summary>
/// Ends the process when the cluster's membership no longer has this silo. Orleans would go on as if nothing had happened, while
/// the next silo to start founds a second cluster: two activations of a channel, and gateways that hear only one of them.
/// </summary>
/// <remarks>
/// A store that does not answer proves nothing, and a row that says Dead is for Orleans, which ends the process by itself.
/// Where only a row is gone the others go on taking its silo for alive: the silo writes itself down as dead before it ends, and
/// the others do so for one that ended otherwise.
/// </remarks>
internal sealed class MembershipWatch(
    IMembershipTable table,
    IClusterMembershipService membership,
    ILocalSiloDetails silo,
    GatewayOutboxes outboxes,
    SiloFitness fitness,
    TimeProvider time,
    ILogger<MembershipWatch> logger) : BackgroundService
{
    /// <summary>How often the silo looks for its row.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    // Loggers write in the background, and the process ends without waiting for them.
    private static readonly TimeSpan LogTime = TimeSpan.FromMilliseconds(200);

    // A Redis that hangs is as far away as one that is down.
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WriteTime = TimeSpan.FromSeconds(1);

    private readonly OwnRow _row = new(silo.SiloAddress);
    private readonly PeerRows _peers = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (await LookAsync(stoppingToken) is not { } problem)
            {
                continue;
            }

            MembershipLog.Lost(logger, silo.SiloAddress, problem, SiloFitness.MembershipLostExitCode);
            fitness.Lose();
            await outboxes.AnnounceStopAsync(); // gateways look for their channels elsewhere at once, not after a silence
            await WriteDeadAsync(silo.SiloAddress, silo.Name, CancellationToken.None); // last: Orleans ends a silo that reads this about itself
            await Task.Delay(LogTime, time, CancellationToken.None);
            fitness.Exit(SiloFitness.MembershipLostExitCode);
            return;
        }
    }

    private async Task<string?> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var read = await ReadAsync(cancellationToken).WaitAsync(ReadTimeout, time, cancellationToken);
            fitness.ReadMembership(problem: null);
            var problem = _row.Judge(read);
            if (read?.TryGet(silo.SiloAddress) is not null)
            {
                await LookAtPeersAsync(read, cancellationToken);
            }

            return problem;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            fitness.ReadMembership("Redis does not answer"); // that is all that is said to whoever asks; the log has more
            MembershipLog.Unreadable(logger, e.Message);
            return null;
        }
    }

    private async Task LookAtPeersAsync(MembershipTableData read, CancellationToken cancellationToken)
    {
        // What others wrote is known within an interval, also where nobody was left to tell it.
        await membership.Refresh(new MembershipVersion(read.Version.Version), cancellationToken).AsTask().WaitAsync(ReadTimeout, time, cancellationToken);
        var members = membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).ToDictionary(member => member.SiloAddress);
        foreach (var lost in _peers.Judge(read, members.Keys))
        {
            MembershipLog.PeerLost(logger, lost);
            await WriteDeadAsync(lost, members[lost].Name, cancellationToken);
        }
    }

    private async Task WriteDeadAsync(SiloAddress lost, string name, CancellationToken cancellationToken)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(WriteTime);
            if (!await DeadRow.WriteAsync(table, lost, name, time, limit.Token))
            {
                MembershipLog.DeadRowNotWritten(logger, lost, "others changed the table at the same time");
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            MembershipLog.DeadRowNotWritten(logger, lost, e.Message);
        }
    }

    private async Task<MembershipTableData?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await table.ReadAllAsync(cancellationToken);
        }
        catch (RedisClusteringException)
        {
            return null; // the store answered, and has no table
        }
    }
}
