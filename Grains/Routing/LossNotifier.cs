namespace WsCluster.Grains.Routing;

/// <summary>
/// Tells activations that a gateway is gone. A gateway may have had members in many thousands of channels, so the calls
/// are few at a time; one that fails is repeated, for ghosts would stay in presence.
/// </summary>
internal sealed class LossNotifier(OutboxContext context)
{
    private const int CallsAtATime = 64;
    private const int Attempts = 5;

    public void Tell(IReadOnlyCollection<OutboxOwner> owners, string gatewayId, long incarnation)
    {
        if (owners.Count == 0)
        {
            return;
        }

        context.Start(() => Parallel.ForEachAsync(
            owners,
            new ParallelOptions { MaxDegreeOfParallelism = CallsAtATime, TaskScheduler = context.Background },
            (owner, _) => TellAsync(owner, gatewayId, incarnation)));
    }

    private async ValueTask TellAsync(OutboxOwner owner, string gatewayId, long incarnation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await owner.GatewayLostAsync(gatewayId, incarnation);
                return;
            }
            catch (Exception e)
            {
                RoutingLog.LossNotTold(context.Logger, e, gatewayId, attempt);
                if (attempt == Attempts)
                {
                    return;
                }
            }

            await Task.Delay(TimeSpan.FromSeconds(attempt), context.Time);
        }
    }
}
