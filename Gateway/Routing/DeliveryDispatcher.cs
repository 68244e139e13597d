using System.Text;
using Orleans.Serialization;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;

namespace WsCluster.Gateway.Routing;

/// <summary>Hands each entry of a batch to the channel or user that it is for.</summary>
internal sealed class DeliveryDispatcher(
    IServiceProvider services, SiloWatch silos, SiloEntrances entrances, Serializer serializer, GatewayMetrics metrics, ILogger<DeliveryDispatcher> logger)
{
    // Resolved late: both need the lanes, which need this dispatcher.
    private readonly Lazy<ChannelDirectory> _channels = new(services.GetRequiredService<ChannelDirectory>);
    private readonly Lazy<UserDirectory> _users = new(services.GetRequiredService<UserDirectory>);

    /// <summary>True when something here is served by the silo in this lane.</summary>
    public bool IsKnown(string siloId, int lane) => silos.IsKnown(siloId, lane);

    /// <summary>A batch has been taken, this time or before: its silo is told so in another way where the answer may get lost.</summary>
    public void Acknowledge(DeliveryBatch batch, bool again) => entrances.Heard(batch, again);

    /// <summary>Delivers a batch. Nothing here waits for a client.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="lane">The lane it came on.</param>
    /// <param name="missed">True when a batch before it never came.</param>
    public void Dispatch(DeliveryBatch batch, int lane, bool missed)
    {
        silos.Heard(batch.SiloId, lane, batch.OutboxId);
        metrics.BatchTaken(batch.Entries.Length);
        if (batch.Resynchronise || missed)
        {
            GatewayLog.Resynchronising(logger, batch.SiloId, lane);
            silos.Rebind(batch.SiloId, lane);
        }

        if (batch.SiloStopping)
        {
            silos.Leaving(batch.SiloId, lane);
        }

        var reader = new DeliveryReader(batch.Entries);
        var relay = batch.Relayed ? batch.OutboxId : Guid.Empty;
        byte[]? trace = null;
        while (true)
        {
            try
            {
                if (!reader.MoveNext())
                {
                    return;
                }

                if (reader.Kind == DeliveryKind.Trace)
                {
                    trace = reader.Body.ToArray();
                    continue;
                }

                Dispatch(ref reader, trace, relay);
                trace = null;
            }
            catch (Exception e)
            {
                // One broken entry must not hold up the lane; what it carried is found missing by its offset.
                GatewayLog.EntryFailed(logger, batch.SiloId, e);
                if (e is InvalidDataException)
                {
                    return;
                }
            }
        }
    }

    private void Dispatch(ref DeliveryReader reader, byte[]? trace, Guid relay)
    {
        if (reader.Kind == DeliveryKind.UserMoved)
        {
            _users.Value.Find(Encoding.UTF8.GetString(reader.Key))?.Rebind();
            return;
        }

        if (reader.Kind == DeliveryKind.UserCommand)
        {
            if (serializer.Deserialize<UserCommand>(reader.Body.ToArray()) is { } command)
            {
                _users.Value.Execute(Encoding.UTF8.GetString(reader.Key), command);
            }

            return;
        }

        if (_channels.Value.Find(reader.Key) is not { } channel)
        {
            if (reader.Kind is not (DeliveryKind.Moved or DeliveryKind.Relayed or DeliveryKind.RelayBegin or DeliveryKind.RelayEnd))
            {
                _channels.Value.Stray(Encoding.UTF8.GetString(reader.Key));
            }

            return;
        }

        switch (reader.Kind)
        {
            case DeliveryKind.Publication:
                var publication = reader.ReadPublication(out var epoch);
                channel.Deliver(relay, Arrival.Of(epoch, trace is null ? publication : publication with { Trace = trace }));
                break;
            case DeliveryKind.Join or DeliveryKind.Leave:
                channel.Deliver(relay, Arrival.Of(reader.Kind, reader.ReadInfo()));
                break;
            case DeliveryKind.Relayed or DeliveryKind.RelayBegin or DeliveryKind.RelayEnd:
                var stint = reader.ReadStint(out var relayId);
                channel.Deliver(relay, Arrival.Of(reader.Kind, stint, relayId));
                break;
            case DeliveryKind.Moved:
                channel.Link.Rebind();
                break;
        }
    }
}
