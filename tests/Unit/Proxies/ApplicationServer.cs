using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace WsCluster.Tests.Unit.Proxies;

/// <summary>An application's HTTP endpoint on a real port: records what it is asked and answers as told.</summary>
internal sealed class ApplicationServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApplicationServer(WebApplication app) => _app = app;

    /// <summary>Everything it was asked: path, body and headers.</summary>
    public ConcurrentQueue<(string Path, JsonNode Body, IHeaderDictionary Headers)> Asked { get; } = [];

    /// <summary>The answer to each question: a status and a body.</summary>
    public Func<string, Task<(int Status, string Body)>> Answer { get; set; } = _ => Task.FromResult((200, "{}"));

    public string Url => _app.Urls.Single();

    public static async Task<ApplicationServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var server = new ApplicationServer(app);
        app.MapPost("/{path}", server.HandleAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>Always this answer.</summary>
    public void Says(string body, int status = 200) => Answer = _ => Task.FromResult((status, body));

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext http, string path)
    {
        var body = (await JsonNode.ParseAsync(http.Request.Body))!;
        Asked.Enqueue((path, body, new HeaderDictionary(http.Request.Headers.ToDictionary(h => h.Key, h => h.Value))));
        var (status, answer) = await Answer(path);
        http.Response.StatusCode = status;
        await http.Response.WriteAsync(answer);
    }
}
