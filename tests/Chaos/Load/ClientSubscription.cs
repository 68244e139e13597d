using System.Text;
using WsCluster.Tests.Chaos.Check;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>
/// A client's subscription to one channel, as an SDK keeps it: the position to recover from, and whether it is live. It writes
/// down what it sees. Its client's lock guards it.
/// </summary>
internal sealed class ClientSubscription(string channel)
{
    private List<Observation> _log = [];
    private string _epoch = "";
    private ulong _offset;
    private bool _hasPosition;

    public string Channel => channel;

    public byte[] ChannelUtf8 { get; } = Encoding.UTF8.GetBytes(channel);

    /// <summary>The subscribe reply came, and nothing ended it since.</summary>
    public bool IsLive { get; private set; }

    /// <summary>The server said no for good.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>The client itself does not want it now.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Live, or not wanted, or not to be had.</summary>
    public bool IsSettled => IsLive || IsRefused || IsPaused;

    /// <summary>When to subscribe again after a temporary error; null: nothing is planned.</summary>
    public long? RetryAt { get; set; }

    /// <summary>The command that asks for it: with recovery, once there is a position.</summary>
    public string SubscribeCommand(int id) => _hasPosition
        ? $$$"""{"id":{{{id}}},"subscribe":{"channel":"{{{channel}}}","recover":true,"epoch":"{{{_epoch}}}","offset":{{{_offset}}},"flag":1}}"""
        : $$$"""{"id":{{{id}}},"subscribe":{"channel":"{{{channel}}}","flag":1}}""";

    /// <summary>True when it is live and has everything up to this position.</summary>
    public bool HasReached(string epoch, ulong offset) => IsLive && _epoch == epoch && _offset >= offset;

    /// <summary>The subscribe reply.</summary>
    public void Start(ServerMessage reply)
    {
        var kind = !reply.WasRecovering ? ObservationKind.Subscribed : reply.Recovered ? ObservationKind.Recovered : ObservationKind.NotRecovered;
        _log.Add(Observation.Of(kind, reply.Epoch, reply.Offset));
        (_epoch, _offset, _hasPosition, IsLive, RetryAt) = (reply.Epoch, reply.Offset, true, true, null);
    }

    /// <summary>A publication, live or recovered.</summary>
    public void Take(ulong offset, PayloadId payload)
    {
        _log.Add(Observation.Delivered(offset, payload));
        _offset = offset;
    }

    /// <summary>It is over until the next subscribe reply.</summary>
    public void End(ObservationKind how)
    {
        if (IsLive || how == ObservationKind.Refused)
        {
            _log.Add(Observation.Of(how));
        }

        IsLive = false;
        IsRefused |= how == ObservationKind.Refused;
    }

    /// <summary>Hands over what was written down since the last time.</summary>
    public SubscriberLog Drain(string subscriber)
    {
        var log = new SubscriberLog(subscriber, channel, _log);
        _log = [];
        return log;
    }
}
