using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Embedded;

/// <summary>The console: in a browser, and what its requests may and may not do.</summary>
public sealed class ConsoleTests
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task Console_InABrowser_ShowsTheClusterAndActs()
    {
        await using var gateway = await GatewayProcess.StartEmbeddedAsync($"WsCluster:Tokens:HmacSecret={TestCluster.Secret}", "WsCluster:Gateway:CanaryInterval=00:00:00.500");
        await Script.RunNodeAsync("console", Settings(gateway));
        gateway.AssertNoErrors();
    }

    [Fact]
    public async Task Console_WithPassword_LetsInWhoKnowsIt()
    {
        await using var gateway = await GatewayProcess.StartEmbeddedAsync(
            $"WsCluster:Console:Password={Password}", "WsCluster:Console:MaxAttemptsPerMinute=6");
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(gateway.Address, "console/api/info"));
        await Script.RunNodeAsync(
            "console-sign-in", new { protocol = "json", gateways = new[] { gateway.Address.GetLeftPart(UriPartial.Authority) }, password = Password });
    }

    [Fact]
    public async Task Requests_OfOtherSitesAndMachines_AreRefused()
    {
        await using var gateway = await GatewayProcess.StartEmbeddedAsync($"WsCluster:Tokens:HmacSecret={TestCluster.Secret}");
        var address = gateway.Address;

        Assert.Equal(HttpStatusCode.OK, await CallAsync(address, "console/api/info"));
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync(address, "console/api/info", ours: false));
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync(address, "console/api/info", ("Sec-Fetch-Site", "cross-site")));
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync(address, "console/api/info", ("Origin", "https://evil.example")));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(address, "console/api/info", ("Host", "evil.example"))); // a name pointed here
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(address, "console/api/info", ("X-Forwarded-For", "203.0.113.7")));
        Assert.Equal(HttpStatusCode.NotFound, await CallAsync(address, "console/api/nothing"));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(address, "console/sign-in")); // there is no password to know

        // Only a console's own token gets the figures: no user of that name, no other token, no client that asks.
        var token = (string)JsonNode.Parse(await TextAsync(address, "console/session"))!["token"]!;
        await using var console = await WireClient.OpenAsync(gateway);
        await console.SendAsync($$$"""{"id":1,"connect":{"token":"{{{token}}}"}}""");
        Assert.NotNull((await console.ReplyAsync(1))["connect"]!["subs"]!["!console:figures"]);
        Assert.NotNull((await console.PublicationAsync())["data"]!["gateways"]![0]!["clients"]);

        await using var forger = await WireClient.OpenAsync(gateway);
        await forger.SendAsync($$$"""{"id":1,"connect":{"token":"{{{token[..^2]}}}AA"}}""");
        Assert.Equal((int)DisconnectCode.InvalidToken, (await forger.CloseAsync()).Code);

        await using var impostor = await WireClient.OpenAsync(gateway);
        var jwt = Tokens.Hmac(new { sub = "!console" });
        await impostor.SendAsync($$$"""{"id":1,"connect":{"token":"{{{jwt}}}"}}""");
        Assert.Null((await impostor.ReplyAsync(1))["connect"]!["subs"]);
        await impostor.SendAsync("""{"id":2,"subscribe":{"channel":"!console:figures"}}""");
        Assert.Equal(ErrorCode.UnknownChannel, await impostor.ErrorAsync(2));
    }

    private static object Settings(GatewayProcess gateway) =>
        new { protocol = "json", gateways = new[] { gateway.Address.GetLeftPart(UriPartial.Authority) }, secret = TestCluster.Secret };

    private static Task<HttpStatusCode> CallAsync(Uri address, string path, params (string Name, string Value)[] headers) =>
        CallAsync(address, path, ours: true, headers);

    private static async Task<HttpStatusCode> CallAsync(Uri address, string path, bool ours, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(address, path, ours, headers);
        return response.StatusCode;
    }

    private static async Task<string> TextAsync(Uri address, string path)
    {
        using var response = await SendAsync(address, path, ours: true);
        return await response.Content.ReadAsStringAsync();
    }

    private static async Task<HttpResponseMessage> SendAsync(Uri address, string path, bool ours, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path))
        {
            Content = new StringContent("{}", Encoding.UTF8, "application/json"),
        };
        if (ours)
        {
            request.Headers.Add("X-WsCluster-Console", "1");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(request);
    }
}
