using WsCluster.Gateway.Transports.Emulation;
using WsCluster.Routing;

namespace WsCluster.Gateway.Routing;

/// <summary>Keeps this gateway in the cluster's directory of gateways, from start to stop.</summary>
internal sealed class GatewayRegistrar(
    IGrainFactory grains,
    GatewayLanes lanes,
    GatewayControl control,
    EmulatedSessions sessions,
    ClusterMembership cluster,
    TimeProvider time,
    ILogger<GatewayRegistrar> logger) : BackgroundService
{
    private readonly GatewayRegistration _registration = new()
    {
        GatewayId = lanes.GatewayId,
        Incarnation = lanes.Incarnation,
        Control = grains.CreateObjectReference<IGatewayControl>(control),
        Emulation = new EmulationNode { Node = sessions.Node, Uplink = grains.CreateObjectReference<IEmulationUplink>(sessions) },
    };

    private IGatewayDirectoryGrain Directory => grains.Find<IGatewayDirectoryGrain>(IGatewayDirectoryGrain.Key);

    /// <summary>True once the cluster knows this gateway, false while it is out of reach.</summary>
    public bool IsRegistered { get; private set; }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await Directory.LeaveAsync(lanes.GatewayId, lanes.Incarnation).WaitAsync(TimeSpan.FromSeconds(2), time, cancellationToken);
        }
        catch (Exception e)
        {
            GatewayLog.NotRegistered(logger, e.Message); // the registration ends by itself
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(IGatewayDirectoryGrain.RenewEvery, time);
        do
        {
            if (!cluster.HasJoined)
            {
                continue; // there is no directory yet, which ClusterJoin says
            }

            try
            {
                await Directory.RegisterAsync(_registration);
                IsRegistered = true;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                IsRegistered = false;
                GatewayLog.NotRegistered(logger, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).AsTask().ContinueWith(t => t.IsCompletedSuccessfully && t.Result, TaskScheduler.Default));
    }
}
