using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsCluster.Gateway.Hosting;

namespace WsCluster.Tests.Unit.Hosting;

/// <summary>On real ports: what is mapped as internal is not to be had on public addresses.</summary>
public sealed class InternalListenerTests
{
    private const string InternalUrls = "WsCluster:Gateway:InternalUrls";
    private static readonly HttpClient Http = new();

    [Theory, InlineData("urls"), InlineData("Kestrel:Endpoints:Web:Url")]
    public async Task InternalEndpoint_HasAnAddressOfItsOwn_Is404OnThePublicOne(string publicKey)
    {
        var (open, inside) = (FreeUrl(), FreeUrl());
        await using var app = await StartAsync((publicKey, open), (InternalUrls, inside));

        Assert.Equal(HttpStatusCode.NotFound, await GetAsync(open, "/api"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(inside, "/api"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(open, "/connection"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(inside, "/connection"));
    }

    [Fact]
    public async Task InternalEndpoint_HostHeaderNamesTheInternalAddress_Is404()
    {
        var (open, inside) = (FreeUrl(), FreeUrl());
        await using var app = await StartAsync(("urls", open), (InternalUrls, inside));

        Assert.Equal(HttpStatusCode.NotFound, await GetAsync(open, "/api", host: new Uri(inside).Authority));
    }

    [Fact]
    public async Task SamePath_OfTheApplicationAndInside_EachHasItsAddress()
    {
        var (open, inside) = (FreeUrl(), FreeUrl());
        await using var app = await StartAsync(("urls", open), (InternalUrls, inside));

        Assert.Equal("the application's page", await Http.GetStringAsync(new Uri(open)));
        Assert.Equal("console", await Http.GetStringAsync(new Uri(inside)));
    }

    [Fact]
    public async Task SamePath_NoAddressOfItsOwn_IsTheApplications()
    {
        var open = FreeUrl();
        await using var app = await StartAsync(("urls", open));

        Assert.Equal("the application's page", await Http.GetStringAsync(new Uri(open)));
    }

    [Fact]
    public async Task InternalEndpoint_NoAddressOfItsOwn_IsServedEverywhere()
    {
        var open = FreeUrl();
        await using var app = await StartAsync(("urls", open));

        Assert.Equal(HttpStatusCode.OK, await GetAsync(open, "/api"));
    }

    [Theory]
    [InlineData("localhost", "WsCluster:Gateway:InternalUrls holds 'localhost', but must hold addresses with a port")]
    [InlineData("http://127.0.0.1:0", "WsCluster:Gateway:InternalUrls holds 'http://127.0.0.1:0', but must hold addresses with a port")]
    [InlineData("http://127.0.0.1:8000", "WsCluster:Gateway:InternalUrls holds 'http://127.0.0.1:8000', but must have a port of its own")]
    public async Task Start_WrongInternalUrls_SaysSo(string internalUrls, string sentence)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(("urls", "http://*:8000"), (InternalUrls, internalUrls)));

        Assert.StartsWith(sentence, Assert.Single(failure.Failures), StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAsync(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        builder.Services.Configure<GatewayOptions>(builder.Configuration.GetSection(GatewayOptions.SectionName));
        InternalListener.Listen(builder.WebHost, builder.Configuration);
        var app = builder.Build();
        app.MapGet("/connection", () => "open");
        app.MapInternal().MapGet("/api", () => "inside");
        app.MapInternal().MapGet("/", () => "console").WithOrder(1);
        app.MapGet("/", () => "the application's page");
        await app.StartAsync();
        return app;
    }

    private static async Task<HttpStatusCode> GetAsync(string url, string path, string? host = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url + path));
        request.Headers.Host = host;
        using var response = await Http.SendAsync(request);
        return response.StatusCode;
    }

    private static string FreeUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://{listener.LocalEndpoint}";
    }
}
