using System.Diagnostics;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>Unsubscribes and subscribes again, one channel after the other, all the time.</summary>
internal sealed class ChurningClient(string name, IEnumerable<string> channels, Balancer balancer, ClientStatistics statistics)
    : LoadClient(name, channels, balancer, statistics)
{
    private long _nextAt;
    private int _turn;

    /// <summary>While true it stays wherever it is, and returns to all its channels.</summary>
    public bool IsResting { get; set; }

    /// <summary>It is in all of its channels, as far as it may be.</summary>
    public bool HasReturned()
    {
        lock (Sync)
        {
            return Subscriptions.All(s => s.IsLive || s.IsRefused);
        }
    }

    public override void Tick(long now)
    {
        base.Tick(now);
        lock (Sync)
        {
            if (now < _nextAt)
            {
                return;
            }

            _nextAt = now + (long)(Stopwatch.Frequency * (0.5 + Random.Shared.NextDouble()));
            var subscription = Subscriptions[_turn++ % Subscriptions.Count];
            if (!IsIdle(subscription) || subscription.IsRefused || subscription.RetryAt is not null)
            {
                return;
            }

            if (!subscription.IsLive)
            {
                subscription.IsPaused = false;
                Subscribe(subscription);
            }
            else if (!IsResting)
            {
                subscription.IsPaused = true;
                Unsubscribe(subscription);
            }
        }
    }
}
