using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace WsCluster.Tests.EndToEnd.Harness;

/// <summary>The HTTP API of one gateway.</summary>
internal sealed class ServerApi : IDisposable
{
    private readonly HttpClient _http;

    public ServerApi(GatewayProcess gateway)
    {
        _http = new HttpClient { BaseAddress = gateway.Address, Timeout = Patience.ForEvent };
        _http.DefaultRequestHeaders.Add("X-API-Key", TestCluster.ApiKey);
    }

    /// <summary>Calls a method and returns its result; fails on an error.</summary>
    public async Task<JsonNode> CallAsync(string method, object request)
    {
        using var response = await _http.PostAsJsonAsync($"/api/{method}", request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{method}: {response.StatusCode} {text}");
        return JsonNode.Parse(text)!["result"] ?? throw new InvalidOperationException($"{method}: {text}");
    }

    /// <summary>Calls a method; false when the gateway or the cluster could not do it now.</summary>
    public async Task<bool> TryCallAsync(string method, object request) => await TryGetResultAsync(method, request) is not null;

    /// <summary>Calls a method and returns its result; null when the gateway or the cluster could not do it now.</summary>
    public async Task<JsonNode?> TryGetResultAsync(string method, object request)
    {
        try
        {
            using var response = await _http.PostAsJsonAsync($"/api/{method}", request);
            return response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync())!["result"] : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Publishes until all listeners have got something of this attempt or a later one.</summary>
    public async Task PublishUntilReceivedAsync(string text, params IReadOnlyList<Listener> listeners)
    {
        var attempt = 0;
        await Patience.UntilAsync($"'{text}' at every subscriber", async () =>
        {
            attempt++;
            foreach (var listener in listeners.Where(listener => !HasGot(listener)))
            {
                await TryCallAsync("publish", new { channel = listener.Channel, data = $"{text} {attempt}" });
            }

            return listeners.All(HasGot);
        });

        bool HasGot(Listener listener) => listener.Received.Any(data => data.StartsWith($"\"{text} ", StringComparison.Ordinal));
    }

    /// <summary>How many are in the channel.</summary>
    public async Task<int> CountAsync(string channel) =>
        (int)(await CallAsync("presence_stats", new { channel }))["num_clients"]!;

    public void Dispose() => _http.Dispose();
}
