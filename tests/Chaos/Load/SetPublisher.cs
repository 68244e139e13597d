using System.Diagnostics;
using WsCluster.Tests.Chaos.Check;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>
/// Publishes atomic sets over the HTTP API, each to a few durable channels next to each other, so that sets overlap. Like every careful
/// backend it repeats with the same key until there is an answer, and gives up after half a minute.
/// </summary>
internal sealed class SetPublisher(int number, string apiKey, Balancer balancer, PublishLog log, IReadOnlyList<string> channels) : IDisposable
{
    private const int ChannelsOfASet = 3;
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(30);

    private readonly ApiLink _api = new(apiKey, balancer, maxConnections: 100);
    private readonly CallsUnderWay _underWay = new(500);
    private long _sequence;

    /// <summary>Publishes sets at this rate.</summary>
    public Task RunAsync(int rate, CancellationToken stop) => OpenLoop.RunAsync(rate, Begin, stop);

    /// <summary>Waits until every set under way is settled.</summary>
    public Task SettleAsync() => _underWay.SettleAsync();

    public void Dispose() => _api.Dispose();

    private void Begin()
    {
        if (!_underWay.TryBegin(() => PublishAsync(new PayloadId(number, ++_sequence)))) // the loop calls one after the other
        {
            log.Skip();
        }
    }

    private async Task PublishAsync(PayloadId id)
    {
        // Strides of one, two and so on: most pairs of channels meet in some set, and in either order.
        var stride = 1 + (int)(id.Sequence / channels.Count % (channels.Count - 1));
        string[] set = [.. Enumerable.Range(0, ChannelsOfASet).Select(i => channels[(int)((id.Sequence + ((long)i * stride)) % channels.Count)]).Distinct()];
        var publications = set.Select(channel => $$"""{"channel":"{{channel}}","data":{{ChaosPayload.Write(channel, id)}}}""");
        var body = $$"""{"idempotency_key":"set-{{id}}","publications":[{{string.Join(',', publications)}}]}""";
        var start = Stopwatch.GetTimestamp();
        var mayHaveRun = false;
        while (true)
        {
            var answer = await _api.TryAsync("publish_atomic", body);
            var now = Stopwatch.GetTimestamp();
            if (answer is { Code: 0, Result: var result })
            {
                Settle(set, id, start, now, PublishOutcome.Acknowledged, [.. result.GetProperty("positions").EnumerateArray().Select(ApiLink.ReadPosition)]);
                return;
            }

            var isFinal = answer is { Code: not (100 or 111) };
            mayHaveRun |= answer is not { Code: 111 } && !isFinal;
            if (isFinal || Stopwatch.GetElapsedTime(start) > GiveUpAfter)
            {
                Settle(set, id, start, now, mayHaveRun ? PublishOutcome.Unknown : PublishOutcome.Refused, []);
                return;
            }

            await Task.Delay(Random.Shared.Next(50, 250));
        }
    }

    private void Settle(string[] set, PayloadId id, long start, long end, PublishOutcome outcome, IReadOnlyList<(string? Epoch, ulong Offset)> positions)
    {
        for (var i = 0; i < set.Length; i++)
        {
            var (epoch, offset) = i < positions.Count ? positions[i] : default;
            log.Add(new PublishRecord(set[i], id, start, end, outcome, epoch, offset));
        }

        log.Add(new SetRecord(id, set, outcome));
    }
}
