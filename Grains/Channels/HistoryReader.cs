using WsCluster.Grains.History;
using WsCluster.Routing;

namespace WsCluster.Grains.Channels;

/// <summary>Answers questions about a channel's history (protocol §12.3, and recovery) from its stream.</summary>
internal sealed class HistoryReader(IChannelStream stream)
{
    /// <summary>Bytes of publications in one answer; it must fit into a message of the cluster.</summary>
    public const int MaxPageBytes = 6 * 1024 * 1024;

    /// <summary>Reads what an application or client asked for.</summary>
    public async ValueTask<HistoryPage> ReadAsync(HistoryQuery query)
    {
        if (query is { Reverse: true, Since.Offset: 0 })
        {
            throw new WsClusterException(ErrorCode.BadRequest, "There is nothing before offset 0.");
        }

        if (query.Since is { IsNone: false } since && since.Epoch != (await stream.GetTopAsync()).Epoch)
        {
            throw new WsClusterException(ErrorCode.UnrecoverablePosition);
        }

        var page = query.Reverse
            ? await stream.ReadBeforeAsync(query.Since?.Offset, query.Limit)
            : await stream.ReadAfterAsync(query.Since?.Offset ?? 0, query.Limit);
        if (CountWithin(page.Publications, MaxPageBytes) < page.Publications.Count)
        {
            throw new WsClusterException(ErrorCode.LimitExceeded, $"The answer would exceed {MaxPageBytes} bytes: ask for fewer publications.");
        }

        return page;
    }

    /// <summary>
    /// Reads what a gateway needs to recover. Too much for one message is cut short like too many publications: the reader
    /// sees that the top is missing.
    /// </summary>
    public async ValueTask<HistoryPage> RecoverAsync(RecoveryQuery query)
    {
        if (query.LatestOnly)
        {
            return await stream.ReadBeforeAsync(null, 1);
        }

        var page = await stream.ReadAfterAsync(query.AfterOffset, Math.Max(0, query.Limit));
        var count = CountWithin(page.Publications, MaxPageBytes);
        return count == page.Publications.Count ? page : page with { Publications = [.. page.Publications.Take(count)] };
    }

    private static int CountWithin(IReadOnlyList<Publication> publications, long bytes)
    {
        // Offsets, infos and tags are counted by a round figure: the limit leaves room above.
        const int overhead = 64;
        for (var i = 0; i < publications.Count; i++)
        {
            var publication = publications[i];
            bytes -= publication.Data.Length + overhead + (publication.Info?.ConnInfo?.Length ?? 0) + (publication.Info?.ChanInfo?.Length ?? 0);
            if (bytes < 0)
            {
                return i;
            }
        }

        return publications.Count;
    }
}
