using System.Diagnostics;
using WsCluster.Routing;

namespace WsCluster.Gateway.Publishing;

/// <summary>One publication on its way to its channel.</summary>
/// <param name="channel">The channel.</param>
/// <param name="request">What to publish.</param>
/// <param name="replyId">The id of the command that asked for it.</param>
/// <param name="span">Its span until it is answered; null when it is not traced.</param>
internal sealed class PendingPublish(string channel, PublishRequest request, uint replyId, Activity? span = null)
{
    private const int Overhead = 128;

    /// <summary>The channel.</summary>
    public string Channel { get; } = channel;

    /// <summary>What to publish.</summary>
    public PublishRequest Request { get; } = request;

    /// <summary>The id of the command that asked for it.</summary>
    public uint ReplyId { get; } = replyId;

    /// <summary>It is answered: its span ends.</summary>
    public void Answered()
    {
        if (span is not null)
        {
            span.SetStatus(Outcome.IsPublished ? ActivityStatusCode.Ok : ActivityStatusCode.Error, Outcome.IsPublished ? null : Outcome.Error.Message());
            span.Dispose();
        }
    }

    /// <summary>What became of it; set by whoever publishes it.</summary>
    public PublishOutcome Outcome { get; set; }

    /// <summary>About what it takes in memory and in a message.</summary>
    public int Bytes => Request.Data.Length + Channel.Length + Overhead;
}
