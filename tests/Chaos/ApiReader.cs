using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using WsCluster.Tests.Chaos.Check;
using WsCluster.Tests.Chaos.Load;

namespace WsCluster.Tests.Chaos;

/// <summary>Asks a gateway's HTTP API what is in channels and who.</summary>
internal sealed class ApiReader(Balancer balancer, string apiKey) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(15) };

    /// <summary>A channel's whole history, page by page.</summary>
    public async Task<ChannelHistory> ReadHistoryAsync(string channel)
    {
        var publications = new List<(ulong Offset, PayloadId Payload)>();
        var channelUtf8 = Encoding.UTF8.GetBytes(channel);
        var since = (Offset: 0UL, Epoch: "");
        while (true)
        {
            object request = since.Epoch.Length == 0
                ? new { channel, limit = 0 }
                : new { channel, limit = 1000, since = new { offset = since.Offset, epoch = since.Epoch } };
            var result = await CallAsync("history", request);
            var epoch = result.GetProperty("epoch").GetString()!;
            var top = result.GetProperty("offset").GetUInt64();
            var page = result.GetProperty("publications").EnumerateArray().ToList();
            foreach (var publication in page)
            {
                var text = Encoding.UTF8.GetBytes(publication.GetProperty("data").GetString()!);
                if (!ChaosPayload.TryRead(text, channelUtf8, out var payload))
                {
                    throw new InvalidDataException($"{channel}: the history has {publication}, which is none of its own.");
                }

                publications.Add((publication.GetProperty("offset").GetUInt64(), payload.Id));
            }

            if (publications.Count > 0 && publications[^1].Offset >= top || since.Epoch.Length > 0 && page.Count == 0 || top == 0)
            {
                return new ChannelHistory(channel, epoch, top, publications);
            }

            since = (publications.Count > 0 ? publications[^1].Offset : 0, epoch);
        }
    }

    /// <summary>The whole history of a channel with a state, byte for byte.</summary>
    public async Task<StateHistory> ReadStateHistoryAsync(string channel)
    {
        var data = new List<byte[]>();
        var epoch = (await CallAsync("history", new { channel, limit = 0 })).GetProperty("epoch").GetString()!;
        while (true)
        {
            var result = await CallAsync("history", new { channel, limit = 1000, since = new { offset = data.Count, epoch } });
            data.AddRange(result.GetProperty("publications").EnumerateArray().Select(p => Encoding.UTF8.GetBytes(p.GetProperty("data").GetRawText())));
            if ((ulong)data.Count >= result.GetProperty("offset").GetUInt64())
            {
                return new StateHistory(channel, epoch, data);
            }
        }
    }

    /// <summary>A user's look into its inbox.</summary>
    public async Task<InboxRecord> ReadInboxAsync(string user)
    {
        var start = Stopwatch.GetTimestamp();
        var state = InboxReaders.Read(await CallAsync("inbox_state", new { user }));
        return new InboxRecord(user, 0, start, Stopwatch.GetTimestamp(), state);
    }

    /// <summary>The connection ids present in a channel.</summary>
    public async Task<HashSet<string>> ReadPresenceAsync(string channel)
    {
        var result = await CallAsync("presence", new { channel });
        return [.. result.GetProperty("presence").EnumerateObject().Select(p => p.Name)];
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Calls until there is an answer.</summary>
    private async Task<JsonElement> CallAsync(string method, object body)
    {
        var trouble = "no gateway is ready";
        for (var attempt = 0; attempt < 60; attempt++)
        {
            if (balancer.Next() is { } gateway)
            {
                try
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, $"/api/{method}"));
                    request.Headers.Add("X-API-Key", apiKey);
                    request.Content = JsonContent.Create(body);
                    using var response = await _http.SendAsync(request);
                    var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
                    if (answer.TryGetProperty("result", out var result))
                    {
                        return result;
                    }

                    trouble = answer.ToString();
                }
                catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException)
                {
                    trouble = e.Message;
                }
            }

            await Task.Delay(500);
        }

        throw new TimeoutException($"{method} was not answered: {trouble}");
    }
}
