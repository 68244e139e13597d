using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;

namespace WsCluster.Samples.Pages;

/// <summary>Serves the page of a sample: the files of its folder <c>page</c>, and what all samples share.</summary>
public static class PageServer
{
    private static readonly (string Path, string Type)[] Shared = [("client.js", "text/javascript"), ("base.css", "text/css")];

    /// <summary>Maps the files, and <c>/config.json</c>, which tells the page where to connect.</summary>
    public static void MapPage(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            // The page loads from here alone, and connects to whatever gateway it is told.
            context.Response.Headers.ContentSecurityPolicy =
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'none'; frame-ancestors 'none'";
            context.Response.Headers.CacheControl = "no-cache";
            context.Response.Headers.XContentTypeOptions = "nosniff";
            return next(context);
        });

        var files = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "page"));
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(new StaticFileOptions { FileProvider = files, ContentTypeProvider = new FileExtensionContentTypeProvider() });
        foreach (var (path, type) in Shared)
        {
            app.MapGet($"/shared/{path}", () => Results.Stream(typeof(PageServer).Assembly.GetManifestResourceStream(path)!, type));
        }

        app.MapGet("/config.json", (IOptions<PageOptions> options) => Results.Json(new { options.Value.Endpoint }));
        app.MapGet("/health/live", () => Results.Ok());
    }

    /// <summary>Reads the settings of the page.</summary>
    public static void AddPage(this IServiceCollection services) => services.AddOptions<PageOptions>().BindConfiguration(PageOptions.SectionName);
}
