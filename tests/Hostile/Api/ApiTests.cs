using System.Net;
using System.Text;
using WsCluster.Tests.Hostile.Harness;

namespace WsCluster.Tests.Hostile.Api;

/// <summary>Calls of the HTTP API without the right to it, and bodies that are too big, too many or broken.</summary>
public sealed class ApiTests(HostileGateway gateway) : HostileTest(gateway)
{
    private const string Publish = """{"channel":"hostile","data":"hunter2-payload"}""";
    private static readonly HttpClient Http = new() { Timeout = Patience.ForEvent };

    [Theory]
    [InlineData(null)]
    [InlineData("X-API-Key: ")]
    [InlineData("X-API-Key: wrong")]
    [InlineData("X-API-Key: first-api-key-012345678")] // all but the last letter
    [InlineData("X-API-Key: first-api-key-01234567890")] // one more
    [InlineData("X-API-Key: FIRST-API-KEY-0123456789")]
    [InlineData("X-API-Key: first-api-key-0123456789,second-api-key-9876543210")]
    [InlineData("Authorization: apikey wrong")]
    [InlineData("Authorization: Bearer first-api-key-0123456789")]
    [InlineData("Authorization: Basic Zmlyc3QtYXBpLWtleS0wMTIzNDU2Nzg5")]
    [InlineData("Authorization: apikeyfirst-api-key-0123456789")]
    [InlineData("Cookie: X-API-Key=first-api-key-0123456789")]
    [InlineData("X-Forwarded-For: 127.0.0.1")]
    [InlineData("X-Original-URL: /health/live")]
    public async Task Call_WithoutARightKey_IsRefused(string? header)
    {
        foreach (var method in new[] { "publish", "publish_atomic", "broadcast", "batch", "info", "channels", "users", "connections", "disconnect", "revoke", "history" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync($"/api/{method}", Publish, header));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync("/api", """{"method":"info","params":{}}""", header));
    }

    [Theory]
    [InlineData("X-API-Key: first-api-key-0123456789")]
    [InlineData("X-API-Key: second-api-key-9876543210")]
    [InlineData("Authorization: apikey second-api-key-9876543210")]
    public async Task Call_WithEitherKey_IsAnswered(string header) => Assert.Equal(HttpStatusCode.OK, await PostAsync("/api/publish", Publish, header));

    [Theory]
    [InlineData("")]
    [InlineData("hunter2-payload")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{"channel":"a","data":1}}""")]
    [InlineData("""{"channel":1,"data":1}""")]
    [InlineData("""{"channel":["a"],"data":1}""")]
    [InlineData("""{"channel":"a","data":1,}""")]
    [InlineData("""{"channel":"a"/**/,"data":1}""")]
    public async Task Call_WithABrokenBody_IsRefused(string body) =>
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("/api/publish", body, Key));

    [Fact]
    public async Task Call_WithABodyNestedDeep_IsRefused() =>
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("/api/publish", new string('[', 100_000), Key));

    [Fact]
    public async Task Call_WithABodyThatIsNotUtf8_IsRefused()
    {
        using var content = new ByteArrayContent([.. "{\"channel\":\"a\",\"data\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("/api/publish", content, Key));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Call_WithAGiantBody_IsRefusedBeforeItIsRead(bool chunked)
    {
        using var content = new StringContent("{\"data\":\"" + new string('x', 20_000_000) + "\"}");
        if (chunked)
        {
            content.Headers.ContentLength = null;
        }

        try
        {
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync("/api/publish", content, Key, chunked));
        }
        catch (HttpRequestException)
        {
            // The gateway closed while the body was on its way.
        }
    }

    [Theory]
    [InlineData("/api/batch", "{\"commands\":[", "{\"info\":{}}", "]}", 1001)]
    [InlineData("/api/broadcast", "{\"data\":1,\"channels\":[", "\"a\"", "]}", 10_001)]
    public async Task Call_WithTooManyParts_IsRefusedWhole(string path, string begin, string part, string end, int count)
    {
        const int BadRequest = 107;
        using var response = await SendAsync(path, new StringContent(begin + string.Join(',', Enumerable.Repeat(part, count)) + end), Key, chunked: false);
        Assert.Contains($"\"code\":{BadRequest}", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_WithBatchesInABatch_IsNoMethod()
    {
        using var response = await SendAsync("/api/batch", new StringContent("""{"commands":[{"batch":{"commands":[]}}]}"""), Key, chunked: false);
        Assert.Contains("\"code\":104", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/api/publish", 405)]
    [InlineData("PUT", "/api/publish", 405)]
    [InlineData("OPTIONS", "/api/publish", 405)]
    [InlineData("TRACE", "/api/publish", 405)]
    [InlineData("POST", "/api/no_such_method", 404)]
    [InlineData("POST", "/api/../api/no_such_method", 404)]
    [InlineData("GET", "/metrics", 404)]
    [InlineData("GET", "/admin", 404)]
    [InlineData("GET", "/appsettings.json", 404)]
    [InlineData("GET", "/..%2f..%2fappsettings.json", 404)]
    public async Task Request_ForWhatIsNotThere_IsRefused(string method, string path, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Gateway.Address, path));
        request.Headers.Add("X-API-Key", Gateway.ApiKeys[0]);
        using var response = await Http.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.DoesNotContain("Exception", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private string Key => $"X-API-Key: {Gateway.ApiKeys[0]}";

    private Task<HttpStatusCode> PostAsync(string path, string body, string? header) =>
        PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), header);

    private async Task<HttpStatusCode> PostAsync(string path, HttpContent content, string? header, bool chunked = false)
    {
        using var response = await SendAsync(path, content, header, chunked);
        return response.StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsync(string path, HttpContent content, string? header, bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Gateway.Address, path)) { Content = content };
        request.Headers.TransferEncodingChunked = chunked ? true : null;
        if (header?.Split(": ", 2) is [var name, var value])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Http.SendAsync(request);
    }
}
