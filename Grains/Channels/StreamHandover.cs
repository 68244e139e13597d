using Orleans.Runtime;
using WsCluster.Grains.Behaviors;
using WsCluster.Grains.History;

namespace WsCluster.Grains.Channels;

/// <summary>Carries a stream in memory from an activation that ends to the channel's next one, where the cluster moves the channel.</summary>
internal sealed class StreamHandover
{
    /// <summary>Bytes of one stream that move. It travels in a message of the cluster, which has a limit.</summary>
    public const long MaxBytes = 4 * 1024 * 1024;

    private const string Key = "wscluster.stream";
    private const string BehaviorKey = "wscluster.behavior";

    private StreamState? _arrived;
    private StreamSnapshot? _behaviorState;

    /// <summary>Takes what the last activation handed over; the stream is not open yet.</summary>
    public void Receive(IRehydrationContext context)
    {
        context.TryGetValue(Key, out _arrived);
        context.TryGetValue(BehaviorKey, out _behaviorState);
    }

    /// <summary>Lets the stream go on with what has arrived.</summary>
    /// <returns>True when it does, false when it starts anew.</returns>
    public bool Complete(IChannelStream stream)
    {
        if (_arrived is not { } state || InMemory(stream) is not { } target)
        {
            return false;
        }

        _arrived = null;
        target.TakeOver(state);
        (stream as BehavingStream)?.TakeOver(_behaviorState);
        _behaviorState = null;
        return true;
    }

    /// <summary>True when the stream is in memory: it would end with the activation.</summary>
    public static bool IsWorth(IChannelStream stream) => InMemory(stream) is not null;

    /// <summary>True when there is a silo to go on: the last one to stop has nobody.</summary>
    public static bool IsPossible(ISiloStatusOracle silos) =>
        silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Any(silo => !silo.Equals(silos.SiloAddress));

    /// <summary>Hands the stream over. Nothing runs in this activation any more: what it acknowledged is in the state.</summary>
    public static void Send(IChannelStream stream, IDehydrationContext context)
    {
        if (InMemory(stream)?.HandOver(MaxBytes) is not { } state)
        {
            return;
        }

        context.TryAddValue(Key, state);
        if ((stream as BehavingStream)?.HandOver() is { } behaviorState)
        {
            context.TryAddValue(BehaviorKey, behaviorState);
        }
    }

    private static IHandedOverStream? InMemory(IChannelStream stream) =>
        (stream is BehavingStream behaving ? behaving.Stream : stream) as IHandedOverStream;
}
