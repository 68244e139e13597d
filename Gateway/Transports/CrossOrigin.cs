using Microsoft.Extensions.Primitives;

namespace WsCluster.Gateway.Transports;

/// <summary>
/// Lets pages of allowed origins use the HTTP transports from other hosts (CORS), by the rule that holds for WebSockets, and
/// answers what is no request for the transport itself.
/// </summary>
internal sealed class CrossOrigin(OriginPolicy origins)
{
    private const int PreflightSeconds = 300;

    /// <summary>
    /// True when the request may go on. Otherwise the response is finished: 204 for a browser's preflight, 403 for a page that
    /// may not connect, 405 for another method.
    /// </summary>
    public bool Admits(HttpContext context, params string[] methods)
    {
        var (request, response) = (context.Request, context.Response);
        if (!origins.Allows(request))
        {
            response.StatusCode = StatusCodes.Status403Forbidden;
            return false;
        }

        var allowed = string.Join(", ", [.. methods, HttpMethods.Options]);
        if (!StringValues.IsNullOrEmpty(request.Headers.Origin))
        {
            response.Headers.AccessControlAllowOrigin = request.Headers.Origin;
            response.Headers.AccessControlAllowCredentials = "true";
            response.Headers.Vary = "Origin";
        }

        if (HttpMethods.IsOptions(request.Method))
        {
            response.Headers.AccessControlAllowMethods = allowed;
            response.Headers.AccessControlAllowHeaders = request.Headers.AccessControlRequestHeaders;
            response.Headers.AccessControlMaxAge = PreflightSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            response.StatusCode = StatusCodes.Status204NoContent;
            return false;
        }

        if (!methods.Contains(request.Method, StringComparer.OrdinalIgnoreCase))
        {
            response.Headers.Allow = allowed;
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return false;
        }

        return true;
    }
}
