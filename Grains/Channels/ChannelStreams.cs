using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Grains.Behaviors;
using WsCluster.Grains.History;

namespace WsCluster.Grains.Channels;

/// <summary>Opens the stream of a channel, behind the application's behavior where the namespace has one.</summary>
internal sealed class ChannelStreams(
    IHistoryStore store, ChannelBehaviors behaviors, IOptions<BehaviorOptions> limits, TimeProvider time, GrainMetrics metrics, ILogger<BehavingStream> logger)
{
    private readonly BehaviorContext _context = new(limits.Value, time, metrics, logger);

    /// <summary>Opens a stream for one activation.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="options">The options of its namespace.</param>
    /// <param name="owner">The activation.</param>
    /// <param name="startTimer">Makes timers on the activation's scheduler.</param>
    /// <param name="giveUp">Ends the activation: its behavior hangs.</param>
    public IChannelStream Open(string channel, ChannelOptions options, IStreamOwner owner, StartBehaviorTimer startTimer, Action giveUp) =>
        options.Behavior
            ? new BehavingStream(
                channel, options, behaviors.Create(ChannelName.NamespaceOf(channel)), owner, inner => store.Open(channel, options, inner), startTimer, giveUp, _context)
            : store.Open(channel, options, owner);
}
