using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Polly.RateLimiting;
using Polly.Timeout;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol;

namespace WsCluster.Gateway.Proxies;

/// <summary>
/// Asks the application's HTTP endpoints. Time, repeats and how many at a time are the business of the HTTP client's
/// pipeline (<see cref="ProxyServices"/>). A failure is a temporary error for the client; what went wrong is in the log.
/// </summary>
internal sealed class ProxyClient(IHttpClientFactory http, IOptionsMonitor<ProxyOptions> options, ILogger<ProxyClient> logger)
{
    /// <summary>Asks about a connection.</summary>
    /// <param name="url">The endpoint.</param>
    /// <param name="mayRepeat">True for a question that the application may be asked twice.</param>
    /// <param name="connection">Whose question it is.</param>
    /// <param name="write">Writes the members that this kind of question adds.</param>
    /// <exception cref="WsClusterException">100: no usable answer; 111: too many questions wait. Both temporary.</exception>
    public async Task<ProxyAnswer> AskAsync(string url, bool mayRepeat, Connection connection, Action<Utf8JsonWriter> write)
    {
        if (url.Length == 0)
        {
            ProxyLog.NoAddress(logger);
            throw new WsClusterException(ErrorCode.Internal);
        }

        try
        {
            using var client = http.CreateClient(mayRepeat ? ProxyServices.RepeatingClient : ProxyServices.OnceClient);
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = Body(connection, write) };
            AddHeaders(request, connection);
            using var response = await client.SendAsync(request);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new HttpRequestException($"It answered with status {(int)response.StatusCode}.");
            }

            return ProxyAnswer.Parse(await response.Content.ReadAsByteArrayAsync());
        }
        catch (RateLimiterRejectedException)
        {
            ProxyLog.TooMany(logger, url);
            throw new WsClusterException(ErrorCode.TooManyRequests);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or TimeoutRejectedException or JsonException or InvalidOperationException)
        {
            ProxyLog.NoAnswer(logger, url, e.Message);
            throw new WsClusterException(ErrorCode.Internal);
        }
    }

    /// <summary>Writes application data under <c>data</c>, or in base64 under <c>b64data</c>; nothing when there is none.</summary>
    public void WriteData(Utf8JsonWriter json, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            return;
        }

        if (options.CurrentValue.BinaryEncoding || !JsonData.IsValid(data))
        {
            json.WriteBase64String("b64data", data);
        }
        else
        {
            json.WritePropertyName("data");
            json.WriteRawValue(data, skipInputValidation: true);
        }
    }

    private ByteArrayContent Body(Connection connection, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("client", connection.Id);
            json.WriteString("transport", connection.TransportName);
            json.WriteString("protocol", connection.Codec.Kind == ProtocolKind.Json ? "json" : "protobuf");
            json.WriteString("encoding", options.CurrentValue.BinaryEncoding ? "binary" : "json");
            if (connection.Identity is { } identity)
            {
                json.WriteString("user", identity.User);
                if (options.CurrentValue.IncludeMeta && identity.Meta is { } meta)
                {
                    json.WritePropertyName("meta");
                    json.WriteRawValue(meta, skipInputValidation: true);
                }
            }

            write(json);
            json.WriteEndObject();
        }

        return new ByteArrayContent(buffer.WrittenSpan.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }

    private void AddHeaders(HttpRequestMessage request, Connection connection)
    {
        var current = options.CurrentValue;
        foreach (var name in current.EmulatedHeaders)
        {
            Add(request, name, connection.EmulatedHeaders);
        }

        foreach (var name in current.HttpHeaders)
        {
            Add(request, name, connection.HttpHeaders);
        }
    }

    private static void Add(HttpRequestMessage request, string name, IReadOnlyDictionary<string, string> headers)
    {
        if (headers.TryGetValue(name, out var value))
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
