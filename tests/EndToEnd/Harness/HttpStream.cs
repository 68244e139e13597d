using System.Text;
using System.Text.Json.Nodes;

namespace WsCluster.Tests.EndToEnd.Harness;

/// <summary>A long response as a client without an SDK reads it.</summary>
internal sealed class HttpStream : IDisposable
{
    private static readonly HttpClient Http = new() { Timeout = Timeout.InfiniteTimeSpan };

    private readonly StreamReader _lines;
    private readonly CancellationTokenSource _patience = new(Patience.ForScenario);

    private HttpStream(HttpResponseMessage response, Stream body)
    {
        Response = response;
        _lines = new StreamReader(body, Encoding.UTF8);
    }

    public HttpResponseMessage Response { get; }

    public static Task<HttpStream> GetAsync(GatewayProcess gateway, string path) =>
        OpenAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Address, path)));

    public static Task<HttpStream> PostAsync(GatewayProcess gateway, string path, string body) =>
        OpenAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Address, path)) { Content = new StringContent(body, Encoding.UTF8, "application/json") });

    /// <summary>The next message that is no ping, whether a line or an event; null at the end.</summary>
    public async Task<JsonNode?> NextAsync()
    {
        while (await _lines.ReadLineAsync(_patience.Token) is { } line)
        {
            var text = line.StartsWith("data: ", StringComparison.Ordinal) ? line["data: ".Length..] : line;
            if (text.Length > 0 && text != "{}")
            {
                return JsonNode.Parse(text);
            }
        }

        return null;
    }

    /// <summary>Waits for a ping.</summary>
    public async Task PingAsync()
    {
        while (await _lines.ReadLineAsync(_patience.Token) is { } line)
        {
            if (line is "{}" or "data: {}")
            {
                return;
            }
        }

        throw new InvalidOperationException("The stream ended.");
    }

    public void Dispose()
    {
        Response.Dispose();
        _lines.Dispose();
        _patience.Dispose();
    }

    private static async Task<HttpStream> OpenAsync(HttpRequestMessage request)
    {
        var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new HttpStream(response, await response.Content.ReadAsStreamAsync());
    }
}
