namespace WsCluster.Grains.History.Redis;

/// <summary>
/// Appends a group for certain: an attempt whose outcome is unknown is repeated until the deadline, with the same owner token and
/// call number, by which the script knows a call that got through. So no publication needs a key for that.
/// </summary>
/// <param name="calls">The calls to Redis.</param>
/// <param name="link">The connection.</param>
/// <param name="barrier">What an append must pass in addition before it counts; null for nothing.</param>
/// <param name="options">The options.</param>
/// <param name="time">The clock.</param>
/// <param name="metrics">The metrics.</param>
internal sealed class StreamAppender(
    StreamCalls calls, RedisLink link, FsyncBarrier? barrier, RedisHistoryOptions options, TimeProvider time, GrainMetrics metrics)
{
    private long _call;

    /// <summary>The stream was taken over: calls are counted anew.</summary>
    public void Restart() => _call = 0;

    /// <summary>Appends a group.</summary>
    /// <returns>The script's reply.</returns>
    /// <exception cref="RedisAwayException">
    /// Gave up. If it may have run, the stream must be taken over again before the next append: that shuts out attempts that may
    /// still be under way, and shows what they did.
    /// </exception>
    public async Task<string> AppendAsync(StreamOwnership ownership, IReadOnlyList<PendingAppend> group)
    {
        var call = ++_call;
        var started = time.GetTimestamp();
        RedisAwayException? unknown = null;
        while (true)
        {
            try
            {
                var reply = await calls.AppendAsync(ownership, call, group);
                if (barrier is not null)
                {
                    await barrier.PassAsync(Longer(options.AppendDeadline - time.GetElapsedTime(started), options.CallTimeout));
                }

                metrics.Stored(time.GetElapsedTime(started));
                return reply;
            }
            catch (RedisAwayException e) when (e.MayHaveRun || unknown is not null)
            {
                unknown ??= e;
            }

            if (!await link.WaitUntilBackAsync(options.AppendDeadline - time.GetElapsedTime(started)))
            {
                throw unknown;
            }

            metrics.StoreRetried();
        }
    }

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
