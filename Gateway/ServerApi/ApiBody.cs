using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;

namespace WsCluster.Gateway.ServerApi;

/// <summary>Reads request bodies, up to a limit.</summary>
internal static class ApiBody
{
    /// <summary>Reads the whole body as one JSON object.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    /// <exception cref="BadHttpRequestException">It is too long (413) or broke off.</exception>
    public static async Task<JsonDocument> ReadAsync(HttpContext http, int maxBytes)
    {
        // Enforced by the server, which knows a declared length before it reads and ends a chunked body at the limit.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = maxBytes;
        }

        var buffer = new MemoryStream((int)Math.Clamp(http.Request.ContentLength ?? 0, 256, maxBytes));
        await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
        var body = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);

        // The parser does not look into strings, whose bytes go on to subscribers: invalid UTF-8 would end their sockets.
        if (!Utf8.IsValid(body.Span))
        {
            throw new JsonException("The body is not UTF-8.");
        }

        var document = JsonDocument.Parse(body);
        RequireObject(document.RootElement);
        return document;
    }

    /// <summary>Refuses JSON that is not an object.</summary>
    public static JsonElement RequireObject(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object ? element : throw new JsonException("A JSON object is needed.");
}
