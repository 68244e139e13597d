using System.Net;
using System.Text;
using System.Text.Json;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>Single requests to the HTTP API of any gateway; repeating is up to the caller.</summary>
internal sealed class ApiLink(string apiKey, Balancer balancer, int maxConnections) : IDisposable
{
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(6);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = maxConnections,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
    });

    /// <summary>Calls a method once.</summary>
    /// <returns>The error's code, zero for none, and the result; null when there was no answer.</returns>
    public async Task<(int Code, JsonElement Result)?> TryAsync(string method, string body)
    {
        if (balancer.Next() is not { } gateway)
        {
            return null;
        }

        using var timeout = new CancellationTokenSource(AttemptTimeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, $"/api/{method}"));
            request.Headers.Add("X-API-Key", apiKey);
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await _http.SendAsync(request, timeout.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return null;
            }

            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(timeout.Token));
            return document.RootElement.TryGetProperty("error", out var error)
                ? (error.GetProperty("code").GetInt32(), default)
                : (0, document.RootElement.GetProperty("result").Clone());
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return null;
        }
    }

    /// <summary>Reads a position; nothing in a channel without history.</summary>
    public static (string? Epoch, ulong Offset) ReadPosition(JsonElement position) => position.TryGetProperty("offset", out var offset)
        ? (position.GetProperty("epoch").GetString(), offset.GetUInt64())
        : (null, 0);

    public void Dispose() => _http.Dispose();
}
