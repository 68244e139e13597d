using Microsoft.Extensions.Logging;

namespace WsCluster.Grains.Relays;

/// <summary>
/// Empties relays as the first thing that a silo does when it stops, before it says so: a gateway that hears of it subscribes again, and
/// takes nothing of a channel's stints at relays from then on. With history that costs a read, without it would cost what is in the relays.
/// </summary>
internal sealed class RelayRetirement(HotChannels hot, TimeProvider time, ILogger<RelayRetirement> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(RelayRetirement), ServiceLifecycleStage.Last, _ => Task.CompletedTask, _ => EmptyAsync());

    /// <summary>Waits a moment for what this silo's channels have in relays, and for what its relay has of other silos' channels.</summary>
    public async Task EmptyAsync()
    {
        try
        {
            await Task.WhenAll(hot.RetireAsync(), hot.Links.LeaveAsync()).WaitAsync(Limit, time);
        }
        catch (TimeoutException)
        {
            RelayLog.NotEmptiedInTime(logger);
        }
    }
}
