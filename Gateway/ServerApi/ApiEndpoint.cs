using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace WsCluster.Gateway.ServerApi;

/// <summary>The way of every API request from the method check to the response (protocol §22).</summary>
internal sealed class ApiEndpoint(ApiDispatcher dispatcher, ApiKeys keys, ApiRates rates, GatewayMetrics metrics, IOptionsMonitor<ApiOptions> options, ILogger<ApiEndpoint> logger)
{
    private const string ErrorModeHeader = "X-Centrifugo-Error-Mode";

    public async Task HandleAsync(HttpContext http, ApiDecoder decoder)
    {
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            http.Response.Headers.Allow = HttpMethods.Post;
            return;
        }

        if (!keys.Allows(http.Request, out var keyId))
        {
            metrics.ApiRefused("key");
            http.Response.StatusCode = StatusCodes.Status401Unauthorized; // without a body (protocol §22)
            http.Response.Headers.WWWAuthenticate = "ApiKey header=\"X-API-Key\"";
            return;
        }

        await AnswerAsync(http, keyId, decoder);
    }

    /// <summary>The same for a caller whose right to ask has been checked.</summary>
    /// <param name="http">The request.</param>
    /// <param name="caller">Whom its commands count for: a key, or the console.</param>
    /// <param name="decoder">What the body asks for.</param>
    public async Task AnswerAsync(HttpContext http, string caller, ApiDecoder decoder)
    {
        Func<CancellationToken, Task<ApiAnswer>> work;
        int cost;
        try
        {
            using var body = await ApiBody.ReadAsync(http, options.CurrentValue.MaxBodyBytes);
            work = decoder(body.RootElement);
            cost = ApiCost.Of(body.RootElement);
        }
        catch (JsonException exception)
        {
            ApiLog.Undecodable(logger, exception.Message);
            await WriteTextAsync(http, StatusCodes.Status400BadRequest, "The body is not the JSON object that this method takes.\n");
            return;
        }
        catch (BadHttpRequestException exception)
        {
            metrics.ApiRefused("body");
            // Kestrel's own limits: 413 for a body that is too long, 400 or 408 for one that never came whole.
            await WriteTextAsync(http, exception.StatusCode, "The body was refused.");
            return;
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (IOException exception)
        {
            ApiLog.Undecodable(logger, exception.Message);
            await WriteTextAsync(http, StatusCodes.Status500InternalServerError, "The body could not be read.");
            return;
        }

        if (await IsRefusedAsync(http, caller, cost))
        {
            return;
        }

        try
        {
            await WriteAsync(http, await work(http.RequestAborted));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone: there is nobody to answer.
        }
    }

    /// <summary>A request to a method's own address.</summary>
    public Func<CancellationToken, Task<ApiAnswer>> Single(IApiMethod method, JsonElement body)
    {
        var call = method.Decode(body);
        return async cancellationToken => ApiAnswer.Of(await dispatcher.RunAsync(method.Name, call, cancellationToken));
    }

    /// <summary>A request to the old single address: <c>{"method":…,"params":{…}}</c>.</summary>
    public Func<CancellationToken, Task<ApiAnswer>> Legacy(JsonElement body)
    {
        var request = body.Deserialize(ApiJson.Default.LegacyBody)!;
        if (dispatcher.Find(request.Method ?? "") is not { } method)
        {
            return _ => Task.FromResult(ApiAnswer.Of(ApiReply.Failed(ErrorCode.MethodNotFound)));
        }

        if (request.Params.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            using var none = JsonDocument.Parse("{}");
            return Single(method, none.RootElement);
        }

        return Single(method, ApiBody.RequireObject(request.Params));
    }

    /// <summary>True when the key has sent too much, and the caller has been told so.</summary>
    private async ValueTask<bool> IsRefusedAsync(HttpContext http, string keyId, int cost)
    {
        if (rates.IsTooLarge(cost))
        {
            metrics.ApiRefused("rate");
            await WriteTextAsync(http, StatusCodes.Status413PayloadTooLarge, "More commands than the key may send in a second.");
            return true;
        }

        var wait = await rates.TakeAsync(keyId, cost);
        if (wait <= TimeSpan.Zero)
        {
            return false;
        }

        metrics.ApiRefused("rate");
        http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        await WriteTextAsync(http, StatusCodes.Status429TooManyRequests, "More commands than the key may send.");
        return true;
    }

    private async Task WriteAsync(HttpContext http, ApiAnswer answer)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, ApiJson.WriterOptions))
        {
            if (answer.Reply is { Error: not ErrorCode.None } reply && IsTransportErrorMode(http.Request))
            {
                http.Response.StatusCode = TransportStatus(reply.Error);
                json.WriteStartObject();
                reply.WriteError(json);
                json.WriteEndObject();
            }
            else
            {
                answer.Write(json);
            }
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = buffer.WrittenCount;
        await http.Response.Body.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
    }

    private bool IsTransportErrorMode(HttpRequest request) =>
        options.CurrentValue.TransportErrorMode
        || string.Equals(request.Headers[ErrorModeHeader], "transport", StringComparison.OrdinalIgnoreCase);

    private static int TransportStatus(ErrorCode error) => (int)error switch
    {
        102 or 104 => StatusCodes.Status404NotFound,
        107 or 108 => StatusCodes.Status400BadRequest,
        112 => StatusCodes.Status416RangeNotSatisfiable,
        113 => StatusCodes.Status409Conflict, // not made by this cluster, but it is the API's
        _ => StatusCodes.Status500InternalServerError,
    };

    internal static Task WriteTextAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(text);
    }
}
