using System.Runtime.InteropServices;
using WsCluster.Routing;

namespace WsCluster.Gateway.Publishing;

/// <summary>What one call to a silo carries: what waits, joined by channel, so that a hot channel is called once.</summary>
internal sealed class PublishBatch
{
    private readonly List<Channel> _channels = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    /// <summary>About the size of the message.</summary>
    public int Bytes { get; private set; }

    /// <summary>Adds publications behind those of the same channel that are in it already.</summary>
    public void Add(SiloIngress.Waiting waiting)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, waiting.Channel, out var exists);
        if (!exists)
        {
            place = _channels.Count;
            _channels.Add(new Channel(waiting.Channel));
        }

        _channels[place].Waiting.Add(waiting);
        Bytes += waiting.Bytes;
    }

    /// <summary>The call's argument.</summary>
    public ChannelPublishes[] ToGroups()
    {
        var groups = new ChannelPublishes[_channels.Count];
        for (var i = 0; i < groups.Length; i++)
        {
            var waiting = _channels[i].Waiting;
            groups[i] = new ChannelPublishes(
                _channels[i].Name, waiting.Count == 1 ? waiting[0].Requests : [.. waiting.SelectMany(one => one.Requests)]);
        }

        return groups;
    }

    /// <summary>Gives each its part of the call's answer.</summary>
    public void Answer(PublishReceipt[] receipts)
    {
        for (var i = 0; i < _channels.Count; i++)
        {
            Answer(_channels[i].Waiting, receipts[i]);
        }
    }

    /// <summary>The call as a whole failed.</summary>
    public void Fail(PublishCallStatus status)
    {
        var receipt = new PublishReceipt { Status = status };
        foreach (var waiting in _channels.SelectMany(channel => channel.Waiting))
        {
            waiting.Receipt.TrySetResult(receipt);
        }
    }

    private static void Answer(List<SiloIngress.Waiting> all, PublishReceipt receipt)
    {
        if (all.Count == 1 || receipt.Status != PublishCallStatus.Done)
        {
            all.ForEach(waiting => waiting.Receipt.TrySetResult(receipt));
            return;
        }

        var start = 0;
        foreach (var waiting in all)
        {
            var end = start + waiting.Requests.Length;
            waiting.Receipt.TrySetResult(receipt with { Outcomes = receipt.Outcomes[start..end] });
            start = end;
        }
    }

    private sealed class Channel(string name)
    {
        public string Name { get; } = name;

        public List<SiloIngress.Waiting> Waiting { get; } = [];
    }
}
