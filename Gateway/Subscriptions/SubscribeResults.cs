using WsCluster.Configuration;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>Writes what a client is told about its new subscription.</summary>
internal sealed class SubscribeResults(TimeProvider time)
{
    /// <summary>The result of a subscription that just goes live.</summary>
    public SubscribeResult Create(SubscriptionPlan plan, StreamPosition position)
    {
        var result = new SubscribeResult
        {
            Recoverable = plan.Traits.Recoverable,
            Positioned = plan.Traits.Positioned,
            Delta = plan.Traits.Delta,
            Data = WireMessages.Wrap(plan.Data),
            Expires = plan.ClientSideRefresh && plan.ExpireAt is not null,
        };
        if (result.Expires)
        {
            result.Ttl = Ttl.Seconds(plan.ExpireAt, time.GetUtcNow());
        }

        if (plan.Traits.Positioned)
        {
            result.Epoch = position.Epoch;
            result.Offset = position.Offset;
        }

        return result;
    }

    /// <summary>The result of a subscription that recovered or tried to (§7.2, §8.3).</summary>
    public SubscribeResult Create(
        SubscriptionPlan plan, StreamPosition position, StreamPosition from, RecoveryDecision decision, Subscription subscription)
    {
        var result = Create(plan, position);
        result.WasRecovering = true;
        result.Recovered = decision.Recovered;
        if (decision.Recovered && plan.Options.ForceRecoveryMode == RecoveryMode.Stream)
        {
            result.Offset = from.Offset; // the client advances by the publications
        }

        if (decision.Recovered && plan.StartFrom is not null)
        {
            result.Data = WireMessages.Wrap(null); // it goes on from what it knows
        }

        AddPublications(result, plan, decision, subscription);
        return result;
    }

    /// <summary>The result of a subscription that starts from the state of a channel: its data, and what follows.</summary>
    public SubscribeResult CreateFromState(
        SubscriptionPlan plan, StreamPosition position, StreamPosition start, RecoveryDecision decision, Subscription subscription)
    {
        var result = Create(plan, position);
        result.WasRecovering = plan.RecoverFrom is not null;
        if (plan.Traits.Positioned)
        {
            result.Offset = start.Offset; // the client advances by the publications
        }

        AddPublications(result, plan, decision, subscription);
        return result;
    }

    private static void AddPublications(SubscribeResult result, SubscriptionPlan plan, RecoveryDecision decision, Subscription subscription)
    {
        var wanted = decision.Publications.Where(p => plan.Traits.Filter?.Matches(p.Tags) ?? true).ToList();
        subscription.HasDeltaBase = wanted.Count > 0 && wanted[^1] == decision.Publications[^1];
        result.Publications.Add(plan.Traits.Delta
            ? WireMessages.WithDeltas(wanted, subscription.Connection.Codec.Kind)
            : wanted.Select(WireMessages.ToWire));
    }
}
