using System.Text;
using WsCluster.Tests.Chaos.Check;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>A client's subscriptions and the commands about them that are under way. Its client's lock guards it.</summary>
internal sealed class ClientSubscriptions(IEnumerable<string> channels)
{
    /// <summary>The id of a connection's first command.</summary>
    public const int ConnectId = 1;

    private readonly Dictionary<int, ClientSubscription> _underWay = [];
    private int _lastId;

    public IReadOnlyList<ClientSubscription> All { get; } = [.. channels.Select(c => new ClientSubscription(c))];

    /// <summary>Some command has no reply yet.</summary>
    public bool AwaitReply => _underWay.Count > 0;

    /// <summary>Live wherever it wants to be.</summary>
    public bool AreSettled => All.All(s => s.IsSettled);

    /// <summary>Whoever is subscribed to the channel has everything up to this position.</summary>
    public bool HaveReached(string channel, string epoch, ulong offset) =>
        All.All(s => s.Channel != channel || s.IsPaused || s.IsRefused || s.HasReached(epoch, offset));

    /// <summary>Nothing is under way for it.</summary>
    public bool IsIdle(ClientSubscription subscription) => !_underWay.ContainsValue(subscription);

    /// <summary>A new connection's first frame: connects, and subscribes to everything that is wanted.</summary>
    public string ConnectCommands()
    {
        _lastId = ConnectId;
        var frame = new StringBuilder($$$"""{"id":{{{ConnectId}}},"connect":{"name":"chaos"}}""");
        foreach (var subscription in All.Where(s => s is { IsRefused: false, IsPaused: false }))
        {
            frame.Append('\n').Append(SubscribeCommand(subscription));
        }

        return frame.ToString();
    }

    /// <summary>A subscribe command, which is under way from now on.</summary>
    public string SubscribeCommand(ClientSubscription subscription) => subscription.SubscribeCommand(Begin(subscription));

    /// <summary>An unsubscribe command, which is under way from now on.</summary>
    public string UnsubscribeCommand(ClientSubscription subscription) =>
        $$$"""{"id":{{{Begin(subscription)}}},"unsubscribe":{"channel":"{{{subscription.Channel}}}"}}""";

    /// <summary>A reply came. The subscription that it is for, or null.</summary>
    public ClientSubscription? Answered(int id) => _underWay.Remove(id, out var subscription) ? subscription : null;

    /// <summary>The subscription to a channel, or null.</summary>
    public ClientSubscription? Find(ReadOnlySpan<byte> channelUtf8)
    {
        foreach (var subscription in All)
        {
            if (channelUtf8.SequenceEqual(subscription.ChannelUtf8))
            {
                return subscription;
            }
        }

        return null;
    }

    /// <summary>The connection is gone, and all that was under way with it.</summary>
    public void Disconnected()
    {
        foreach (var subscription in All)
        {
            subscription.End(ObservationKind.Disconnected);
            subscription.RetryAt = null;
        }

        _underWay.Clear();
    }

    private int Begin(ClientSubscription subscription)
    {
        _underWay[++_lastId] = subscription;
        return _lastId;
    }
}
