using WsCluster.Routing;
using WsCluster.Tests.Simulation.World;

namespace WsCluster.Tests.Simulation.Checks;

/// <summary>What must hold some time after the last fault: everybody has everything, and nothing is left over.</summary>
internal static class Convergence
{
    /// <summary>What does not hold yet; null when all does.</summary>
    public static string? FindMissing(SimulatedCluster world)
    {
        foreach (var publisher in world.Publishers)
        {
            if (!publisher.IsIdle)
            {
                return "a publisher waits";
            }
        }

        foreach (var client in world.Clients)
        {
            if (FindMissing(world, client) is { } missing)
            {
                return missing;
            }
        }

        foreach (var silo in world.Members.Live)
        {
            foreach (var activation in silo.Activations)
            {
                if (FindMissingPresence(world, activation) is { } missing)
                {
                    return missing;
                }
            }

            if (silo.RelayedBytes > 0)
            {
                return $"{silo.Name} has {silo.RelayedBytes} bytes to relay";
            }

            foreach (var outbox in silo.OpenOutboxes)
            {
                if (outbox.QueuedBytes > 0)
                {
                    return $"{silo.Name}'s outbox to {outbox.GatewayId} holds {outbox.QueuedBytes} bytes";
                }

                if (!world.LiveGateways.Any(gateway => gateway.Id == outbox.GatewayId && gateway.Lanes.Incarnation == outbox.Incarnation))
                {
                    return $"{silo.Name} still delivers to {outbox.GatewayId}, which is dead";
                }
            }
        }

        return null;
    }

    /// <summary>What is left over when all clients have gone; null when nothing is.</summary>
    public static string? FindRemains(SimulatedCluster world)
    {
        foreach (var gateway in world.LiveGateways)
        {
            if (gateway.ChannelCount > 0)
            {
                return $"{gateway.Id} is still subscribed to {gateway.ChannelCount} channels";
            }
        }

        foreach (var silo in world.Members.Live)
        {
            if (silo.Relays.Channels > 0)
            {
                return $"{silo.Name} still relays {silo.Relays.Channels} channels";
            }
        }

        return FindMissing(world);
    }

    private static string? FindMissing(SimulatedCluster world, SimulatedClient client)
    {
        if (client.Socket is not { } socket)
        {
            return client.IsGone ? null : $"{client.Name} is not connected";
        }

        if (!socket.IsQuiet)
        {
            return $"{client.Name} has messages under way";
        }

        foreach (var subscription in client.Subscriptions)
        {
            if (subscription.IsWanted ? !subscription.IsLive : !subscription.IsIdle)
            {
                return $"{client.Name} is {(subscription.IsWanted ? "not subscribed to" : "still subscribed to")} {subscription.Channel}";
            }

            if (!socket.Gateway.IsQuiet(subscription.Channel))
            {
                return $"{socket.Gateway.Id} is busy with {subscription.Channel}";
            }

            if (subscription is { IsLive: true, IsPositioned: true })
            {
                var top = TopOf(world, subscription.Channel);
                if (subscription.Position != top)
                {
                    return $"{client.Name} stays at {subscription.Position?.Offset} of {subscription.Channel}, whose top is {top?.Offset}{(subscription.Position?.Epoch == top?.Epoch ? "" : " of another epoch")}";
                }
            }
        }

        return null;
    }

    private static StreamPosition? TopOf(SimulatedCluster world, string channel)
    {
        var read = world.Members.Find(channel)?.Grain.RecoverAsync(new RecoveryQuery { AfterOffset = 0, Limit = 0 });
        return read is { IsCompletedSuccessfully: true } ? read.Result.Top : null;
    }

    private static string? FindMissingPresence(SimulatedCluster world, ChannelActivation activation)
    {
        if (!world.Options(activation.Channel).Presence)
        {
            return null;
        }

        var present = activation.Grain.GetPresenceAsync().Result;
        var expected = 0;
        foreach (var client in world.Clients)
        {
            if (client.Subscriptions.Any(s => s.IsLive && s.IsPresent && s.Channel == activation.Channel) && client.Socket is { } socket)
            {
                expected++;
                if (!present.ContainsKey(socket.Connection.Id))
                {
                    return $"{client.Name} is not present in {activation.Channel}";
                }
            }
        }

        return present.Count > expected ? $"{present.Count - expected} ghosts are in {activation.Channel}" : null;
    }
}
