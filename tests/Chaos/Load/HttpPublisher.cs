using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using WsCluster.Tests.Chaos.Check;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>
/// Publishes over the HTTP API as a careful backend does: with an idempotency key, repeating through any gateway until there is
/// an answer. Only after half a minute it gives up, and the outcome stays unknown.
/// </summary>
internal sealed class HttpPublisher(int number, string apiKey, Balancer balancer, PublishLog log) : IDisposable
{
    private const int MaxUnderWay = 3000;
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = 200,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
    });

    private long _sequence;
    private int _underWay;

    /// <summary>Publishes to one channel after the other at this rate.</summary>
    public Task RunAsync(IReadOnlyList<string> channels, int rate, CancellationToken stop)
    {
        var turn = 0;
        return OpenLoop.RunAsync(rate, () => Begin(channels[turn++ % channels.Count]), stop);
    }

    /// <summary>Waits until every publication under way is settled.</summary>
    public async Task SettleAsync()
    {
        while (Volatile.Read(ref _underWay) > 0)
        {
            await Task.Delay(20);
        }
    }

    /// <summary>Publishes once and returns how it ended.</summary>
    public async Task<PublishRecord> PublishAsync(string channel, int padding = 0)
    {
        var id = new PayloadId(number, Interlocked.Increment(ref _sequence));
        var body = $$"""{"channel":"{{channel}}","data":{{ChaosPayload.Write(channel, id, padding)}},"idempotency_key":"{{id}}"}""";
        var start = Stopwatch.GetTimestamp();
        var mayHaveRun = false;
        while (true)
        {
            var answer = await TryAsync(body);
            var now = Stopwatch.GetTimestamp();
            if (answer is { Code: 0 })
            {
                return Settle(new PublishRecord(channel, id, start, now, PublishOutcome.Acknowledged, answer.Epoch, answer.Offset));
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

    public void Dispose() => _http.Dispose();

    private void Begin(string channel)
    {
        if (Volatile.Read(ref _underWay) >= MaxUnderWay)
        {
            log.Skip();
            return;
        }

        Interlocked.Increment(ref _underWay);
        _ = FinishAsync();

        async Task FinishAsync()
        {
            await PublishAsync(channel);
            Interlocked.Decrement(ref _underWay);
        }
    }

    private PublishRecord Settle(PublishRecord record)
    {
        log.Add(record);
        return record;
    }

    private sealed record Answer(int Code, string? Epoch, ulong Offset);

    /// <summary>One request; null when there was no answer.</summary>
    private async Task<Answer?> TryAsync(string body)
    {
        if (balancer.Next() is not { } gateway)
        {
            return null;
        }

        using var timeout = new CancellationTokenSource(AttemptTimeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, "/api/publish"));
            request.Headers.Add("X-API-Key", apiKey);
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await _http.SendAsync(request, timeout.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return null;
            }

            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(timeout.Token));
            if (document.RootElement.TryGetProperty("error", out var error))
            {
                return new Answer(error.GetProperty("code").GetInt32(), null, 0);
            }

            var result = document.RootElement.GetProperty("result");
            return result.TryGetProperty("offset", out var offset)
                ? new Answer(0, result.GetProperty("epoch").GetString(), offset.GetUInt64())
                : new Answer(0, null, 0);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return null;
        }
    }
}
