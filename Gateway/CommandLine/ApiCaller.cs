using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WsCluster.Gateway.CommandLine;

/// <summary>Calls the HTTP API of a gateway, and turns what can go wrong into sentences.</summary>
internal sealed class ApiCaller(Uri gateway, string prefix, string? key) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(15) };

    /// <summary>The gateway's address.</summary>
    public Uri Gateway { get; } = gateway;

    /// <summary>Calls a method.</summary>
    /// <returns>Its result.</returns>
    /// <exception cref="CommandFailure">There is no answer, or it is an error.</exception>
    public async Task<JsonElement> CallAsync(string method, JsonObject request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(Gateway, $"{prefix}/{method}"))
        {
            Content = new StringContent(request.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        if (key is { Length: > 0 })
        {
            message.Headers.Add("X-API-Key", key);
        }

        try
        {
            using var answer = await _http.SendAsync(message, cancellationToken);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => ResultOf(method, await answer.Content.ReadAsByteArrayAsync(cancellationToken)),
                HttpStatusCode.Unauthorized when key is null => throw new CommandFailure("The HTTP API wants a key: set --api-key, or WsCluster:Api:Keys:0 in the configuration."),
                HttpStatusCode.Unauthorized => throw new CommandFailure($"{Gateway} refused the API key: set --api-key to one of its WsCluster:Api:Keys."),
                HttpStatusCode.NotFound => throw new CommandFailure($"There is no HTTP API at {message.RequestUri}: set --url to a gateway's address for it (WsCluster:Gateway:InternalUrls), or WsCluster:Api:Prefix."),
                _ => throw new CommandFailure($"{message.RequestUri} answered with HTTP status {(int)answer.StatusCode}."),
            };
        }
        catch (HttpRequestException e)
        {
            throw new CommandFailure($"No gateway answers at {Gateway}: {e.Message.TrimEnd('.')}. Set --url.");
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandFailure($"{Gateway} did not answer within {_http.Timeout.TotalSeconds:0} seconds.");
        }
    }

    public void Dispose() => _http.Dispose();

    private static JsonElement ResultOf(string method, byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.TryGetProperty("error", out var error))
            {
                throw new CommandFailure($"The gateway refused {method}: {error.GetProperty("message").GetString()} ({error.GetProperty("code").GetInt32()}).");
            }

            return document.RootElement.GetProperty("result").Clone();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new CommandFailure($"The answer to {method} is not one of a WsCluster gateway.");
        }
    }
}
