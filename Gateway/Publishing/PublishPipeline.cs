using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Publishing;

/// <summary>
/// What one connection publishes. The first publication goes at once; those that arrive while it is under way go together
/// as the next group. So a client that does not wait for replies costs one call and one send for many publications, and
/// still none of them can overtake an earlier one.
/// </summary>
/// <remarks>
/// Called by the connection's reader only. At most <see cref="MostWaiting"/> publications wait; then the connection is not
/// read further.
/// </remarks>
internal sealed class PublishPipeline(Connection connection, ChannelPublisher publisher, GatewayMetrics metrics)
{
    private const int MostWaiting = 128;
    private const int MostBytesWaiting = 256 * 1024;

    private static readonly PublishResult Published = new();

    private readonly Lock _sync = new(); // guards the three fields below
    private List<PendingPublish> _waiting = [];
    private int _waitingBytes;
    private bool _isRunning;
    private Task _run = Task.CompletedTask;

    /// <summary>Adds a publication behind all earlier ones. Its reply is queued when it is published or refused.</summary>
    /// <returns>Ends when the next one may be added.</returns>
    public Task AddAsync(PendingPublish publish)
    {
        metrics.PublishStarted();
        bool start, full;
        lock (_sync)
        {
            _waiting.Add(publish);
            _waitingBytes += publish.Bytes;
            full = _waiting.Count >= MostWaiting || _waitingBytes >= MostBytesWaiting;
            start = !_isRunning;
            _isRunning = true;
        }

        if (start)
        {
            _run = RunAsync();
        }

        return full ? _run : Task.CompletedTask;
    }

    /// <summary>True when nothing is under way.</summary>
    public bool IsIdle => _run.IsCompleted;

    /// <summary>Ends when everything added so far is published or refused, and its reply is queued.</summary>
    public Task DrainAsync() => _run;

    private async Task RunAsync()
    {
        while (TakeGroup() is { } group)
        {
            await publisher.PublishAsync(group);
            foreach (var publish in group)
            {
                if (publish.Outcome.Denial is { Disconnects: true } end)
                {
                    connection.Close(end.Code, end.Reason);
                    break;
                }

                connection.Send(ReplyTo(publish));
                publish.Answered();
            }

            metrics.PublishesEnded(group.Count);
        }
    }

    private List<PendingPublish>? TakeGroup()
    {
        lock (_sync)
        {
            if (_waiting.Count == 0)
            {
                _isRunning = false;
                return null;
            }

            var group = _waiting;
            _waiting = [];
            _waitingBytes = 0;
            return group;
        }
    }

    private static Reply ReplyTo(PendingPublish publish) => publish.Outcome.IsPublished
        ? new Reply { Id = publish.ReplyId, Publish = Published }
        : new Reply { Id = publish.ReplyId, Error = publish.Outcome.Denial?.ToWire() ?? publish.Outcome.Error.ToWire() };
}
