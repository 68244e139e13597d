using WsCluster.Configuration;
using WsCluster.Grains.History;
using WsCluster.Grains.Users;
using WsCluster.Routing;

namespace WsCluster.Grains.Channels;

/// <summary>Publishes several requests of one call. All are handed to the stream before any is waited for, so that a durable one writes them as one group.</summary>
internal sealed class GroupPublishing(IChannelStream stream, InboxGuard? inbox = null)
{
    /// <summary>Publishes in order; each outcome is that of the request at its place.</summary>
    public async ValueTask<PublishOutcome[]> PublishAsync(PublishRequest[] requests, ChannelOptions options)
    {
        var outcomes = new PublishOutcome[requests.Length];
        Task<StreamPosition>?[]? waiting = null;
        for (var i = 0; i < requests.Length; i++)
        {
            try
            {
                PublishRules.Check(requests[i], options.PublicationDataFormat);
                inbox?.Check(requests[i]);
                var append = stream.AppendAsync(requests[i]);
                if (append.IsCompletedSuccessfully)
                {
                    outcomes[i] = new PublishOutcome(append.Result, ErrorCode.None);
                }
                else
                {
                    waiting ??= new Task<StreamPosition>?[requests.Length];
                    waiting[i] = append.AsTask();
                }
            }
            catch (WsClusterException e)
            {
                outcomes[i] = PublishOutcome.Of(e);
            }
        }

        for (var i = 0; i < waiting?.Length; i++)
        {
            if (waiting[i] is { } append)
            {
                outcomes[i] = await OutcomeOfAsync(append);
            }
        }

        return outcomes;
    }

    private static async Task<PublishOutcome> OutcomeOfAsync(Task<StreamPosition> append)
    {
        try
        {
            return new PublishOutcome(await append, ErrorCode.None);
        }
        catch (WsClusterException e)
        {
            return PublishOutcome.Of(e);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return new PublishOutcome(StreamPosition.None, ErrorCode.Internal);
        }
    }
}
