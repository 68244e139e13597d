using WsCluster.Configuration;
using WsCluster.Grains.History;
using WsCluster.Routing;

namespace WsCluster.Grains.Channels;

/// <summary>
/// The way into an active channel for publications that are on its silo already. A grain call costs a message, a turn and an
/// answer (5 µs, half of a silo's time for a publication); this costs a lock. It takes streams that wait for nothing and are safe to
/// use from any thread, so appending and queueing for the gateways are one step here, too, and no two publications swap.
/// </summary>
/// <param name="stream">The channel's stream.</param>
/// <param name="options">The options of its namespace.</param>
/// <param name="mayEnter">False while a publication has something to do that only the activation itself can.</param>
internal sealed class ChannelEntrance(IChannelStream stream, ChannelOptions options, Func<bool> mayEnter)
{
    private readonly Lock _sync = new(); // held while publishing: Close waits for it
    private bool _isClosed; // guarded by _sync

    /// <summary>Publishes in order, or nothing at all.</summary>
    public bool TryPublish(ReadOnlySpan<PublishRequest> requests, Span<PublishOutcome> outcomes)
    {
        lock (_sync)
        {
            if (_isClosed || !mayEnter())
            {
                return false;
            }

            for (var i = 0; i < requests.Length; i++)
            {
                outcomes[i] = Publish(requests[i]);
            }

            return true;
        }
    }

    /// <summary>From now on nothing enters: the activation ends, and may hand over what it has.</summary>
    public void Close()
    {
        lock (_sync)
        {
            _isClosed = true;
        }
    }

    private PublishOutcome Publish(PublishRequest request)
    {
        try
        {
            PublishRules.Check(request, options.PublicationDataFormat);
            var append = stream.AppendAsync(request);
            return append.IsCompletedSuccessfully
                ? new PublishOutcome(append.Result, ErrorCode.None)
                : throw new InvalidOperationException("A stream that waits has no entrance.");
        }
        catch (WsClusterException e)
        {
            return PublishOutcome.Of(e);
        }
    }
}
