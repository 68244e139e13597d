using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsCluster.Gateway.ServerApi;
using WsCluster.Tests.Unit.Client;

namespace WsCluster.Tests.Unit.ServerApi;

/// <summary>
/// The HTTP API on a real port, over fake grains. Namespaces: "chat" has history and presence, "json" and "object" check
/// their data, "binary" takes everything; the rest is off.
/// </summary>
internal sealed class ApiHost : IAsyncDisposable
{
    public const string Key = "secret-key";

    private readonly WebApplication _app;

    private ApiHost(WebApplication app, FakeGrains grains)
    {
        _app = app;
        Grains = grains;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public FakeGrains Grains { get; }

    /// <summary>Sends no key by itself.</summary>
    public HttpClient Http { get; }

    public static Task<ApiHost> StartAsync(params (string Key, string Value)[] settings) => StartAsync(new FakeGrains(), settings);

    /// <summary>Starts one over the cluster of another.</summary>
    public static async Task<ApiHost> StartAsync(FakeGrains grains, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["WsCluster:Api:Keys:0"] = Key,
            ["WsCluster:Api:Keys:1"] = "next-key",
            ["WsCluster:Channels:Namespaces:chat:Presence"] = "true",
            ["WsCluster:Channels:Namespaces:chat:HistorySize"] = "10",
            ["WsCluster:Channels:Namespaces:chat:HistoryTtl"] = "00:01:00",
            ["WsCluster:Channels:Namespaces:json:PublicationDataFormat"] = "Json",
            ["WsCluster:Channels:Namespaces:object:PublicationDataFormat"] = "JsonObject",
            ["WsCluster:Channels:Namespaces:binary:PublicationDataFormat"] = "Binary",
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        builder.Services.AddSingleton(grains.Factory);
        builder.Services.AddServerApi(builder.Configuration);
        var app = builder.Build();
        app.MapServerApi();
        await app.StartAsync();
        return new ApiHost(app, grains);
    }

    /// <summary>Calls a method with the key and returns the body; the status must be 200.</summary>
    public async Task<string> CallAsync(string method, string body)
    {
        var (status, text) = await SendAsync($"/api/{method}", body);
        Assert.Equal(HttpStatusCode.OK, status);
        return text;
    }

    public async Task<(HttpStatusCode Status, string Body)> SendAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-API-Key", Key);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await Http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
