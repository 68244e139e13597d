using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Grains.Relays;

/// <summary>The ways from this silo's channels to the relays of all silos, its own among them.</summary>
/// <param name="outboxes">Has one for each lane of each relay that is in use.</param>
/// <param name="own">What this silo relays.</param>
/// <param name="relays">Finds a relay by its key, <see cref="IDeliveryRelay.KeyOf"/>.</param>
/// <param name="silos">Knows the silos.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For the log.</param>
internal sealed class RelayLinks(
    RelayOutboxes outboxes, RelayShares own, Func<string, IDeliveryRelay> relays, ISiloStatusOracle silos, TimeProvider time, ILogger<RelayLinks> logger)
{
    /// <summary>Outboxes to one relay: hot channels are spread over them, and each keeps its order.</summary>
    private const int Lanes = 4;

    /// <summary>How long a relay that did not answer is left alone.</summary>
    private static readonly TimeSpan AvoidTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(2);

    private readonly string _siloId = silos.SiloAddress.ToParsableString();
    private readonly ConcurrentDictionary<string, long> _avoided = new(StringComparer.Ordinal); // by silo, since when

    /// <summary>
    /// The silos whose relays can be used, always in the same order for a channel and in another one for the next, so that the first
    /// silo does not get what is left of each.
    /// </summary>
    public IReadOnlyList<string> Usable(string channel)
    {
        var usable = silos.GetApproximateSiloStatuses(onlyActive: true).Keys
            .Select(silo => silo.ToParsableString())
            .Where(IsUsable)
            .Order(StringComparer.Ordinal)
            .ToArray();
        var first = usable.Length == 0 ? 0 : (int)(StableHash.ComputeHash(channel) % (uint)usable.Length);
        return [.. usable[first..], .. usable[..first]];
    }

    /// <summary>The outbox that leads from a channel to a silo's relay, kept open while it has owners.</summary>
    public GatewayOutbox Attach(string siloId, string channel, OutboxOwner owner)
    {
        var lane = (int)(StableHash.ComputeHash(channel) % Lanes);
        return outboxes.Attach(
            new GatewayLane { GatewayId = siloId, Incarnation = 0, Lane = lane, Observer = ObserverOf(siloId, lane) },
            owner,
            RelayOutboxes.RelayLease);
    }

    /// <summary>The owner sends no more to this relay; what it queued still goes.</summary>
    public void Detach(GatewayOutbox outbox, OutboxOwner owner) => outboxes.Detach(outbox, owner);

    /// <summary>Makes gateways known to a relay. False when it does not answer: it is not used then for a while.</summary>
    public async Task<bool> TryIntroduceAsync(string siloId, GatewayOutbox outbox, GatewayLane[] lanes)
    {
        try
        {
            if (siloId == _siloId)
            {
                own.Introduce(outbox.Id, lanes);
            }
            else
            {
                await RelayOf(siloId, outbox.Lane).IntroduceAsync(outbox.Id, lanes).WaitAsync(AnswerTime, time);
            }

            return true;
        }
        catch (Exception e)
        {
            RelayLog.Unreachable(logger, siloId, e.Message);
            Avoid(siloId);
            return false;
        }
    }

    /// <summary>Leaves a relay alone for a while.</summary>
    public void Avoid(string siloId)
    {
        foreach (var silo in _avoided.Keys.Where(IsUsable))
        {
            _avoided.TryRemove(silo, out _);
        }

        _avoided[siloId] = time.GetTimestamp();
    }

    /// <summary>False for a relay that is left alone.</summary>
    public bool IsUsable(string siloId) => !_avoided.TryGetValue(siloId, out var since) || time.GetElapsedTime(since) >= AvoidTime;

    /// <summary>Ends when a relay has all that was queued for it.</summary>
    public Task FlushAsync(string siloId) => outboxes.FlushAsync(siloId);

    /// <summary>
    /// Ends when all relays have passed on to gateways what was queued for them. One that cannot say so, being of an older version or away,
    /// is not waited for.
    /// </summary>
    public async Task FlushThroughAsync()
    {
        await outboxes.FlushAsync(); // to relays; this silo's own one has queued it for gateways then, in others of these outboxes
        await Task.WhenAll([outboxes.FlushAsync(), .. Others().Select(siloId => TryAsync(siloId, relay => relay.FlushAsync()))]);
    }

    /// <summary>This silo's relay is about to stop: ends when it has passed on all that other silos had for it.</summary>
    public async Task LeaveAsync()
    {
        await Task.WhenAll(own.Silos.Where(siloId => siloId != _siloId).Select(siloId => TryAsync(siloId, relay => relay.LeaveAsync(_siloId))));
        await outboxes.FlushAsync();
    }

    private IEnumerable<string> Others() =>
        silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Select(silo => silo.ToParsableString()).Where(siloId => siloId != _siloId);

    private async Task TryAsync(string siloId, Func<IDeliveryRelay, Task> call)
    {
        try
        {
            await call(RelayOf(siloId, lane: 0));
        }
        catch (Exception e)
        {
            RelayLog.NotEmptied(logger, siloId, e.Message);
        }
    }

    private RelayObserver ObserverOf(string siloId, int lane) => siloId == _siloId
        ? new RelayObserver(batch => Task.FromResult(own.Take(batch)))
        : new RelayObserver(RelayOf(siloId, lane).RelayAsync);

    private IDeliveryRelay RelayOf(string siloId, int lane) => relays(IDeliveryRelay.KeyOf(siloId, _siloId, lane));
}
