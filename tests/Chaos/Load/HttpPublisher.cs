using System.Diagnostics;
using WsCluster.Tests.Chaos.Check;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>
/// Publishes over the HTTP API as a careful backend does: with an idempotency key, repeating through any gateway until there is
/// an answer. Only after half a minute it gives up, and the outcome stays unknown.
/// </summary>
internal sealed class HttpPublisher(int number, string apiKey, Balancer balancer, PublishLog log) : IDisposable
{
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(30);

    private readonly ApiLink _api = new(apiKey, balancer, maxConnections: 200);
    private readonly CallsUnderWay _underWay = new(3000);
    private long _sequence;

    /// <summary>Publishes to one channel after the other at this rate.</summary>
    public Task RunAsync(IReadOnlyList<string> channels, int rate, CancellationToken stop)
    {
        var turn = 0;
        return OpenLoop.RunAsync(rate, () => Begin(channels[turn++ % channels.Count]), stop);
    }

    /// <summary>Waits until every publication under way is settled.</summary>
    public Task SettleAsync() => _underWay.SettleAsync();

    /// <summary>Publishes once and returns how it ended.</summary>
    public async Task<PublishRecord> PublishAsync(string channel, int padding = 0)
    {
        var id = new PayloadId(number, Interlocked.Increment(ref _sequence));
        var body = $$"""{"channel":"{{channel}}","data":{{ChaosPayload.Write(channel, id, padding)}},"idempotency_key":"{{id}}"}""";
        var start = Stopwatch.GetTimestamp();
        var mayHaveRun = false;
        while (true)
        {
            var answer = await _api.TryAsync("publish", body);
            var now = Stopwatch.GetTimestamp();
            if (answer is { Code: 0, Result: var result })
            {
                var (epoch, offset) = ApiLink.ReadPosition(result);
                return Settle(new PublishRecord(channel, id, start, now, PublishOutcome.Acknowledged, epoch, offset));
            }

            if (answer is { Code: not (100 or 111) })
            {
                return Settle(new PublishRecord(channel, id, start, now, mayHaveRun ? PublishOutcome.Unknown : PublishOutcome.Refused));
            }

            mayHaveRun |= answer is not { Code: 111 };
            if (Stopwatch.GetElapsedTime(start) > GiveUpAfter)
            {
                return Settle(new PublishRecord(channel, id, start, now, mayHaveRun ? PublishOutcome.Unknown : PublishOutcome.Refused));
            }

            await Task.Delay(Random.Shared.Next(50, 250));
        }
    }

    public void Dispose() => _api.Dispose();

    private void Begin(string channel)
    {
        if (!_underWay.TryBegin(() => PublishAsync(channel)))
        {
            log.Skip();
        }
    }

    private PublishRecord Settle(PublishRecord record)
    {
        log.Add(record);
        return record;
    }
}
