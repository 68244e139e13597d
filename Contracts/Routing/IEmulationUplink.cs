namespace WsCluster.Routing;

/// <summary>
/// Takes what clients without a WebSocket send: their stream hangs on one gateway, their requests arrive at any (protocol
/// §24) and come here from there.
/// </summary>
[Alias("WsCluster.IEmulationUplink")]
public interface IEmulationUplink : IGrainObserver
{
    /// <summary>
    /// Queues a frame for its session, in the order of the calls; never waits for the client or for what the frame says. Not
    /// to be repeated when no answer came: the frame may have been queued.
    /// </summary>
    [Alias("Send"), ResponseTimeout("00:00:04")]
    Task<UplinkOutcome> SendAsync(UplinkFrame frame);
}

/// <summary>A frame of commands that came by a request of its own.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.UplinkFrame")]
public sealed class UplinkFrame
{
    /// <summary>The session of the client's connect reply. Who knows it may send: it is secret and random.</summary>
    [Id(0)] public required string Session { get; init; }

    /// <summary>Commands, encoded as the connection's protocol wants them.</summary>
    [Id(1)] public required byte[] Data { get; init; }
}

/// <summary>What became of an <see cref="UplinkFrame"/>.</summary>
[GenerateSerializer, Alias("WsCluster.UplinkOutcome")]
public enum UplinkOutcome
{
    /// <summary>It is queued and will be carried out, unless the connection ends before.</summary>
    Accepted = 0,

    /// <summary>The session is over; its client notices by the end of its stream.</summary>
    NoSession = 1,

    /// <summary>Too much waits already; nothing was queued.</summary>
    Full = 2,

    /// <summary>The gateway did not answer, so that nobody knows.</summary>
    Unknown = 3,

    /// <summary>There is no such gateway process (any more).</summary>
    NoNode = 4,
}

/// <summary>Where the emulated sessions of a gateway process are.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.EmulationNode")]
public sealed record EmulationNode
{
    /// <summary>The <c>node</c> of connect replies: random, new with each start of the process.</summary>
    [Id(0)] public required string Node { get; init; }

    /// <summary>Takes the frames.</summary>
    [Id(1)] public required IEmulationUplink Uplink { get; init; }
}
