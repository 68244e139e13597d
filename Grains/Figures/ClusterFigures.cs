using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using WsCluster.Configuration;
using WsCluster.Routing;

namespace WsCluster.Grains.Figures;

/// <summary>Asks every gateway and silo once a second and publishes what they say, while somebody looks.</summary>
internal sealed class ClusterFigures(TimeProvider time, ILogger<ClusterFigures> logger) : Grain, IClusterFigures
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private DateTimeOffset _until;
    private IGrainTimer? _timer;

    public Task WatchAsync()
    {
        _until = time.GetUtcNow() + IClusterFigures.Lease;
        _timer ??= this.RegisterGrainTimer(PublishAsync, new GrainTimerCreationOptions(TimeSpan.Zero, Every) { KeepAlive = true });
        return Task.CompletedTask;
    }

    public async Task<byte[]> ReadAsync()
    {
        var silos = AskSilosAsync();
        var gateways = AskGatewaysAsync();
        return FiguresWriter.Write(time.GetUtcNow(), await gateways, await silos);
    }

    private async Task PublishAsync(CancellationToken stopping)
    {
        if (time.GetUtcNow() > _until)
        {
            _timer?.Dispose();
            _timer = null;
            DeactivateOnIdle();
            return;
        }

        try
        {
            await GrainFactory.GetGrain<IChannelGrain>(ConsoleChannel.Name).PublishAsync(new PublishRequest { Data = await ReadAsync() });
        }
        catch (Exception e)
        {
            FiguresLog.FiguresFailed(logger, e); // the next round comes in a second
        }
    }

    private async Task<IReadOnlyList<(string Id, GatewayDescription? Figures)>> AskGatewaysAsync()
    {
        var gateways = await GrainFactory.GetGrain<IGatewayDirectoryGrain>(IGatewayDirectoryGrain.Key).GetGatewaysAsync();
        return await Task.WhenAll(gateways
            .OrderBy(gateway => gateway.GatewayId, StringComparer.Ordinal)
            .Select(async gateway => (gateway.GatewayId, await OrNullAsync(gateway.Control.DescribeAsync()))));
    }

    /// <summary>All members, those that are gone too: they stay in the table for a while.</summary>
    private async Task<IReadOnlyList<(MembershipEntry Member, SiloDescription? Figures)>> AskSilosAsync()
    {
        var members = await GrainFactory.GetGrain<IManagementGrain>(0).GetDetailedHosts(onlyActive: false);
        return await Task.WhenAll(members
            .OrderBy(member => member.SiloAddress)
            .Select(async member => (member, member.Status == SiloStatus.Active
                ? await OrNullAsync(GrainFactory.GetGrain<ISiloFigures>(ISiloFigures.KeyOf(member.SiloAddress.ToParsableString())).DescribeAsync())
                : null)));
    }

    /// <summary>Null for one that is silent: the page shows that.</summary>
    private static async Task<T?> OrNullAsync<T>(Task<T> answer) where T : class
    {
        try
        {
            return await answer;
        }
        catch (Exception)
        {
            return null;
        }
    }
}
