using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Gateway.Authorization;

/// <summary>Keeps <see cref="RevocationList"/> up with the cluster: asks every second for what is new.</summary>
internal sealed class RevocationReader(
    IGrainFactory grains,
    RevocationList revocations,
    LiveAuthorization live,
    ClusterMembership cluster,
    TimeProvider time,
    ILogger<RevocationReader> logger) : BackgroundService
{
    private Guid _log;
    private long _last;
    private int _failures;

    /// <summary>True once the cluster's revocations have been read: from then on none of them is overlooked.</summary>
    public bool IsInformed { get; private set; }

    /// <summary>Reads until nothing is left that is new.</summary>
    public async Task ReadAsync()
    {
        var news = false;
        for (var hasMore = true; hasMore;)
        {
            var page = await grains.GetGrain<IRevocationGrain>(IRevocationGrain.Key).ReadAsync(_log, _last).WaitAsync(IRevocationGrain.ReadTimeout, time);
            var anew = page.Log != _log;
            if (anew || page.Revocations.Count > 0)
            {
                revocations.Add(page.Revocations, anew);
                news = true;
            }

            (_log, _last, hasMore) = (page.Log, page.Last, page.HasMore);
        }

        revocations.Prune();
        IsInformed = true;
        if (news)
        {
            live.Wake();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(IRevocationGrain.ReadEvery, time);
        try
        {
            do
            {
                await TryReadAsync();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // the gateway stops
        }
    }

    private async Task TryReadAsync()
    {
        if (!cluster.HasJoined)
        {
            return; // there is nobody to ask, which ClusterJoin says
        }

        try
        {
            await ReadAsync();
            _failures = 0;
        }
        catch (Exception e)
        {
            // Silos come and go; what lasts is worth a line, and then one a minute.
            if (_failures++ % 60 == 2)
            {
                GatewayLog.RevocationsUnread(logger, e.Message);
            }
        }
    }
}
