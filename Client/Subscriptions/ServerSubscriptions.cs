using WsCluster.Client.Connections;
using WsCluster.Client.Protocol;

namespace WsCluster.Client.Subscriptions;

/// <summary>The subscriptions that the server makes for this client. Of the loop.</summary>
internal sealed class ServerSubscriptions(WsClusterClient client, int capacity)
{
    /// <summary>Live ones and their positions, null where there is nothing to recover from.</summary>
    private Dictionary<string, StreamPosition?> _positions = [];

    public PublicationBuffer Buffer { get; } = new(capacity, onSpace: () => { });

    /// <summary>What the next connect asks for: all that is recoverable, from where it was.</summary>
    public Dictionary<string, IOutgoing> CreateRequests() => _positions
        .Where(entry => entry.Value is not null)
        .ToDictionary(entry => entry.Key, entry => (IOutgoing)new SubscribeRequest { Recover = entry.Value });

    /// <summary>Positions are worth nothing any more.</summary>
    public void Invalidate()
    {
        foreach (var channel in _positions.Keys.ToArray())
        {
            _positions[channel] = null;
        }
    }

    public void OnConnected(ConnectResult result)
    {
        var before = _positions;
        _positions = result.Subs.ToDictionary(entry => entry.Key, entry => entry.Value.Recoverable ? entry.Value.Position : null);
        foreach (var channel in before.Keys.Where(channel => !_positions.ContainsKey(channel)))
        {
            client.RaiseServerSubscription(new SubscriptionStateChange(channel, SubscriptionState.Unsubscribed, 0, "not subscribed any more"));
        }

        foreach (var (channel, subscription) in result.Subs)
        {
            if ((before.ContainsKey(channel) || subscription.WasRecovering) && !subscription.Recovered)
            {
                Buffer.MarkGap(channel);
            }

            client.RaiseServerSubscription(new SubscriptionStateChange(channel, SubscriptionState.Subscribed, 0, "subscribed")
            {
                Positioned = subscription.Positioned,
                Recoverable = subscription.Recoverable,
                WasRecovering = subscription.WasRecovering,
                Recovered = subscription.Recovered,
                Position = subscription.Positioned ? subscription.Position : null,
                Data = subscription.Data,
            });
            foreach (var publication in subscription.Publications)
            {
                Deliver(channel, publication);
            }
        }
    }

    /// <summary>The connection is lost: what is to come is not yet.</summary>
    public void OnConnectionLost()
    {
        foreach (var channel in _positions.Keys)
        {
            client.RaiseServerSubscription(
                new SubscriptionStateChange(channel, SubscriptionState.Subscribing, SubscribingCode.TransportClosed, "transport closed"));
        }
    }

    public void OnPush(Push push)
    {
        if (push.Subscribe is { } subscribe)
        {
            _positions[push.Channel] = subscribe.Recoverable ? subscribe.Position : null;
            client.RaiseServerSubscription(new SubscriptionStateChange(push.Channel, SubscriptionState.Subscribed, 0, "subscribed")
            {
                Positioned = subscribe.Positioned,
                Recoverable = subscribe.Recoverable,
                Position = subscribe.Positioned ? subscribe.Position : null,
                Data = subscribe.Data,
            });
        }
        else if (!_positions.ContainsKey(push.Channel))
        {
            // From before an unsubscribe.
        }
        else if (push.Unsubscribe is { } end)
        {
            _positions.Remove(push.Channel);
            client.RaiseServerSubscription(new SubscriptionStateChange(push.Channel, SubscriptionState.Unsubscribed, end.Code, end.Reason));
        }
        else if (push.Publication is { } publication)
        {
            Deliver(push.Channel, publication);
        }
        else if (push.Join is { } join)
        {
            client.RaiseServerJoined(new ChannelMember(push.Channel, join.Info));
        }
        else if (push.Leave is { } leave)
        {
            client.RaiseServerLeft(new ChannelMember(push.Channel, leave.Info));
        }
    }

    private void Deliver(string channel, Publication publication)
    {
        Buffer.Write(publication with { Channel = channel }, mayRefuse: false);
        if (publication.Offset > 0 && _positions[channel] is { } position)
        {
            _positions[channel] = position with { Offset = publication.Offset };
        }
    }
}
