using System.Net;
using System.Text;

namespace WsCluster.Tests.Unit.ServerApi;

/// <summary>Keys, HTTP methods, paths, bodies and status codes.</summary>
public class ApiTransportTests
{
    [Theory]
    [InlineData(ApiHost.Key, null, null, 200)]
    [InlineData("next-key", null, null, 200)]
    [InlineData(null, "apikey " + ApiHost.Key, null, 200)]
    [InlineData(null, "ApiKey " + ApiHost.Key, null, 200)]
    [InlineData(null, null, ApiHost.Key, 200)]
    [InlineData("wrong", null, ApiHost.Key, 200)]
    [InlineData("wrong", "apikey " + ApiHost.Key, null, 401)]
    [InlineData(null, "Bearer " + ApiHost.Key, null, 401)]
    [InlineData(null, null, "wrong", 401)]
    [InlineData("secret-ke", null, null, 401)]
    [InlineData("SECRET-KEY", null, null, 401)]
    [InlineData(null, null, null, 401)]
    public async Task Request_WithKey_IsAllowedOrNot(string? header, string? authorization, string? query, int status)
    {
        await using var api = await ApiHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/info" + (query is null ? "" : "?api_key=" + query)) { Content = new StringContent("{}") };
        if (header is not null)
        {
            request.Headers.Add("X-API-Key", header);
        }

        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        using var response = await api.Http.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.StartsWith(status == 401 ? "" : """{"result":{"nodes":[]}}""", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(status == 401, response.Headers.WwwAuthenticate.Count == 1 && response.Content.Headers.ContentLength == 0);
    }

    [Fact]
    public async Task Request_NoKeyConfigured_IsRefusedEvenWithAnEmptyKey()
    {
        await using var api = await ApiHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/info?api_key=") { Content = new StringContent("{}") };
        request.Headers.TryAddWithoutValidation("X-API-Key", "");

        using var response = await api.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Request_Insecure_NeedsNoKey()
    {
        await using var api = await ApiHost.StartAsync(("WsCluster:Api:Insecure", "true"));

        using var response = await api.Http.PostAsync("/api/info", new StringContent("{}"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
    }

    [Theory]
    [InlineData("GET", "/api/publish", 405)]
    [InlineData("PUT", "/api/batch", 405)]
    [InlineData("GET", "/api", 405)]
    [InlineData("POST", "/api/device_register", 404)]
    [InlineData("POST", "/api/publish/more", 404)]
    [InlineData("GET", "/api/nothing", 404)]
    public async Task Request_OtherMethodOrPath_IsRefused(string method, string path, int status)
    {
        await using var api = await ApiHost.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("X-API-Key", ApiHost.Key);

        using var response = await api.Http.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.StartsWith(status == 404 ? "There is no such method. There are " : "", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("publish", "")]
    [InlineData("publish", "nonsense")]
    [InlineData("publish", "[]")]
    [InlineData("publish", "null")]
    [InlineData("publish", "{} {}")]
    [InlineData("publish", """{"channel":5}""")]
    [InlineData("publish", """{"channel":"a","data":{},"tags":{"a":1}}""")]
    [InlineData("publish", """{"channel":"\ud800","data":{}}""")]
    [InlineData("history", """{"channel":"chat:a","limit":"many"}""")]
    [InlineData("batch", """{"commands":{}}""")]
    [InlineData("batch", """{"commands":[5]}""")]
    public async Task Request_UndecodableBody_IsPlainText400(string method, string body)
    {
        await using var api = await ApiHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/" + method) { Content = new StringContent(body) };
        request.Headers.Add("X-API-Key", ApiHost.Key);

        using var response = await api.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        Assert.Empty(api.Grains.Calls);
    }

    [Fact]
    public async Task Request_BodyIsNotUtf8_Is400()
    {
        await using var api = await ApiHost.StartAsync();
        byte[] body = [.. "{\"channel\":\"chat:a\",\"data\":\""u8, 0xff, .. "\"}"u8];
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/publish") { Content = new ByteArrayContent(body) };
        request.Headers.Add("X-API-Key", ApiHost.Key);

        using var response = await api.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(api.Grains.Calls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Request_BodyTooLong_Is413(bool chunked)
    {
        await using var api = await ApiHost.StartAsync(("WsCluster:Api:MaxBodyBytes", "2048"));
        var body = Encoding.UTF8.GetBytes($$"""{"channel":"chat:a","data":"{{new string('x', 4000)}}"}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/publish") { Content = new ByteArrayContent(body) };
        request.Headers.Add("X-API-Key", ApiHost.Key);
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await api.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Empty(api.Grains.Calls);
    }

    [Theory]
    [InlineData(100, "internal server error", 500)]
    [InlineData(102, "unknown channel", 404)]
    [InlineData(104, "not found", 404)]
    [InlineData(107, "bad request", 400)]
    [InlineData(108, "not available", 400)]
    [InlineData(112, "unrecoverable position", 416)]
    [InlineData(111, "too many requests", 500)]
    public async Task Error_OfTheChannel_IsInTheBodyOrInTheStatus(int code, string message, int transportStatus)
    {
        await using var api = await ApiHost.StartAsync(("WsCluster:Client:RetryDeadline", "00:00:00"));
        api.Grains.OnHistory = (_, _) => throw new WsClusterException((ErrorCode)code, "for developers");
        const string body = """{"channel":"chat:a"}""";
        var error = $$"""{"code":{{code}},"message":"{{message}}"}""";

        Assert.Equal((HttpStatusCode.OK, $$"""{"error":{{error}}}"""), await api.SendAsync("/api/history", body));
        Assert.Equal(((HttpStatusCode)transportStatus, error), await api.SendAsync("/api/history", body, ("X-Centrifugo-Error-Mode", "transport")));
    }

    [Fact]
    public async Task Error_TransportErrorModeOption_AppliesToEveryCallerButNotInsideBatches()
    {
        await using var api = await ApiHost.StartAsync(("WsCluster:Api:TransportErrorMode", "true"));

        Assert.Equal((HttpStatusCode.BadRequest, """{"code":107,"message":"bad request"}"""), await api.SendAsync("/api/publish", "{}"));
        Assert.Equal(
            (HttpStatusCode.OK, """{"replies":[{"error":{"code":107,"message":"bad request"}}]}"""),
            await api.SendAsync("/api/batch", """{"commands":[{"publish":{}}]}"""));
        Assert.Equal(
            (HttpStatusCode.OK, """{"result":{"responses":[{"error":{"code":102,"message":"unknown channel"}}]}}"""),
            await api.SendAsync("/api/broadcast", """{"channels":["no:a"],"data":1}"""));
    }

    [Fact]
    public async Task Error_Unexpected_HidesTheException()
    {
        await using var api = await ApiHost.StartAsync();
        api.Grains.OnHistory = (_, _) => throw new InvalidOperationException("the password is 1234");

        Assert.Equal("""{"error":{"code":100,"message":"internal server error"}}""", await api.CallAsync("history", """{"channel":"chat:a"}"""));
    }

    [Fact]
    public async Task Prefix_Changed_MovesTheApi()
    {
        await using var api = await ApiHost.StartAsync(("WsCluster:Api:Prefix", "/internal/api"));

        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("/internal/api/info", "{}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync("/api/info", "{}")).Status);
    }

    [Theory]
    [InlineData("WsCluster:Api:Prefix", "api")]
    [InlineData("WsCluster:Api:MaxBodyBytes", "1")]
    [InlineData("WsCluster:Api:Keys:0", " ")]
    [InlineData("WsCluster:Client:RetryDeadline", "-00:00:01")]
    public async Task Start_WrongSetting_FailsAndNamesIt(string key, string value)
    {
        var thrown = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => ApiHost.StartAsync((key, value)));

        Assert.Contains(key.Split(':')[2], thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LegacyAddress_MethodAndParams_RunTheMethod()
    {
        await using var api = await ApiHost.StartAsync();

        Assert.Equal((HttpStatusCode.OK, """{"result":{"offset":7,"epoch":"e1"}}"""), await api.SendAsync("/api", """{"method":"publish","params":{"channel":"chat:a","data":1}}"""));
        Assert.Equal((HttpStatusCode.OK, """{"result":{"nodes":[]}}"""), await api.SendAsync("/api", """{"method":"info"}"""));
        Assert.Equal((HttpStatusCode.OK, """{"error":{"code":104,"message":"not found"}}"""), await api.SendAsync("/api", """{"method":"nothing","params":{}}"""));
    }
}
