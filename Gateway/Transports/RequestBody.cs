using Microsoft.AspNetCore.Http.Features;

namespace WsCluster.Gateway.Transports;

/// <summary>Reads the small bodies of HTTP transports.</summary>
internal static class RequestBody
{
    private const string ProtobufType = "application/octet-stream";

    /// <summary>True when the body says that it is Protobuf; all else is JSON (protocol §24).</summary>
    public static bool IsProtobuf(HttpRequest request) =>
        request.ContentType?.StartsWith(ProtobufType, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>
    /// The whole body, or null when it is not to be had: the response is finished then, with 413 for one that is too long and
    /// 400 for one that broke off.
    /// </summary>
    public static async Task<byte[]?> ReadAsync(HttpContext context, int maxBytes)
    {
        // Enforced by the server, which knows a declared length before it reads and ends a chunked body at the limit.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = maxBytes;
        }

        try
        {
            var buffer = new MemoryStream((int)Math.Clamp(context.Request.ContentLength ?? 0, 256, maxBytes));
            await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
            return buffer.ToArray();
        }
        catch (BadHttpRequestException e)
        {
            context.Response.StatusCode = e.StatusCode;
        }
        catch (Exception e) when (TransportEnd.Is(e))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest; // read by nobody
        }

        return null;
    }
}
