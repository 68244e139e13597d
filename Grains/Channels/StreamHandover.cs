using Orleans.Runtime;
using WsCluster.Grains.History;

namespace WsCluster.Grains.Channels;

/// <summary>Carries a stream in memory from an activation that ends to the channel's next one, where the cluster moves the channel.</summary>
internal sealed class StreamHandover
{
    /// <summary>Bytes of one stream that move. It travels in a message of the cluster, which has a limit.</summary>
    public const long MaxBytes = 4 * 1024 * 1024;

    private const string Key = "wscluster.stream";

    private StreamState? _arrived;

    /// <summary>Takes what the last activation handed over; the stream is not open yet.</summary>
    public void Receive(IRehydrationContext context)
    {
        context.TryGetValue(Key, out _arrived);
    }

    /// <summary>Lets the stream go on with what has arrived.</summary>
    /// <returns>True when it does, false when it starts anew.</returns>
    public bool Complete(IChannelStream stream)
    {
        if (_arrived is not { } state || stream is not IHandedOverStream target)
        {
            return false;
        }

        _arrived = null;
        target.TakeOver(state);
        return true;
    }

    /// <summary>True when the stream is in memory, and there is a silo to take it: the last one to stop has nobody.</summary>
    public static bool IsPossible(IChannelStream stream, ISiloStatusOracle silos) =>
        stream is IHandedOverStream &&
        silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Any(silo => !silo.Equals(silos.SiloAddress));

    /// <summary>Hands the stream over. Nothing runs in this activation any more: what it acknowledged is in the state.</summary>
    public static void Send(IChannelStream stream, IDehydrationContext context)
    {
        if (stream is IHandedOverStream source && source.HandOver(MaxBytes) is { } state)
        {
            context.TryAddValue(Key, state);
        }
    }
}
