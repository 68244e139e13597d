namespace WsCluster.Gateway.Hosting;

/// <summary>The page of embedded mode at <c>/</c>: subscribe and publish by hand, with nothing but <c>new WebSocket(...)</c>.</summary>
internal static class TryPage
{
    /// <summary>Maps the page.</summary>
    public static void MapTryPage(this IEndpointRouteBuilder app) => app.MapGet("/", (HttpContext context) =>
    {
        context.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; frame-ancestors 'none'";
        return Results.Stream(typeof(TryPage).Assembly.GetManifestResourceStream("try.html")!, "text/html; charset=utf-8");
    });
}
