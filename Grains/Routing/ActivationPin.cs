namespace WsCluster.Grains.Routing;

/// <summary>
/// Keeps an activation from being collected while gateways depend on it. The delay is short and renewed: the collector
/// looks at an activation again only when the delay that it last saw is over, so a long one would outlive its reason.
/// </summary>
internal sealed class ActivationPin(IGrainBase grain, Action<TimeSpan> delayDeactivation)
{
    private static readonly TimeSpan Delay = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromMinutes(4);

    private IGrainTimer? _renewal;

    /// <summary>From now on the activation stays.</summary>
    public void Hold()
    {
        if (_renewal is null)
        {
            delayDeactivation(Delay);
            _renewal = grain.RegisterGrainTimer(Renew, new GrainTimerCreationOptions(RenewEvery, RenewEvery));
        }
    }

    /// <summary>The activation stays for this span, and may then be collected when it is idle.</summary>
    public void Release(TimeSpan stay)
    {
        _renewal?.Dispose();
        _renewal = null;
        delayDeactivation(stay > TimeSpan.Zero ? stay : TimeSpan.MinValue); // a negative delay takes back an earlier one
    }

    private Task Renew()
    {
        delayDeactivation(Delay);
        return Task.CompletedTask;
    }
}
