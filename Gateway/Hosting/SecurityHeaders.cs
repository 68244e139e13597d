namespace WsCluster.Gateway.Hosting;

/// <summary>Headers that keep browsers from making something else of an answer: of another type, in a frame, with its address passed on.</summary>
internal static class SecurityHeaders
{
    /// <summary>Adds them to every HTTP answer, errors included.</summary>
    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        return next(context);
    });
}
