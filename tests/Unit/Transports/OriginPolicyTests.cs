using Microsoft.AspNetCore.Http;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Transports;

namespace WsCluster.Tests.Unit.Transports;

public sealed class OriginPolicyTests
{
    [Fact]
    public void Allows_NoOrigin_IsNoBrowser() => Assert.True(Allows(origin: null, "https://only.example"));

    [Theory]
    [InlineData("https://chat.example", true)]
    [InlineData("http://CHAT.example", true)]
    [InlineData("https://chat.example:8443", false)]
    [InlineData("https://evil.example", false)]
    [InlineData("https://chat.example.evil.example", false)]
    [InlineData("https://chat.example@evil.example", false)]
    [InlineData("null", false)]
    [InlineData("chat.example", false)]
    public void Allows_NothingConfigured_OnlyTheOwnHost(string origin, bool allowed) => Assert.Equal(allowed, Allows(origin));

    [Theory]
    [InlineData("https://a.example", true)]
    [InlineData("https://A.EXAMPLE", true)]
    [InlineData("http://a.example", false)]
    [InlineData("https://a.example:444", false)]
    [InlineData("https://x.b.example", true)]
    [InlineData("https://x.y.b.example", true)]
    [InlineData("https://b.example", false)]
    [InlineData("https://.b.example", false)]
    [InlineData("https://evilb.example", false)]
    [InlineData("https://evil.example/.b.example", false)]
    [InlineData("https://evil.example:80.b.example", false)]
    [InlineData("https://evil@x.b.example", false)]
    [InlineData("http://localhost:3000", true)]
    [InlineData("https://chat.example", false)] // the own host, which the list replaces
    public void Allows_Configured_OnlyWhatMatches(string origin, bool allowed) =>
        Assert.Equal(allowed, Allows(origin, "https://a.example", "https://*.b.example", "http://localhost:*"));

    [Theory]
    [InlineData("http://10.0.0.5:9000", "10.0.0.5:9000", true)]
    [InlineData("https://[::1]:9000", "[::1]:9000", true)]
    [InlineData("http://localhost:9000", "localhost:9000", true)]
    [InlineData("http://localhost:9000", "localhost:9001", false)]
    [InlineData("http://10.0.0.6:9000", "10.0.0.5:9000", false)]
    [InlineData("http://evil.example:9000", "evil.example:9000", false)] // a name that its owner points at us
    [InlineData("http://10.0.0.5.evil.example", "10.0.0.5.evil.example", false)]
    public void Allows_Configured_TheConsolesOwnAddressToo(string origin, string host, bool allowed) =>
        Assert.Equal(allowed, Policy("https://a.example").Allows([origin], host));

    [Fact]
    public void Allows_Star_IsEveryPage()
    {
        Assert.True(Allows("https://any.example:1234", "*"));
        Assert.False(Allows("null", "*"));
    }

    [Fact]
    public void Allows_TwoOrigins_IsRefused()
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Origin = new(["https://a.example", "https://a.example"]);

        Assert.False(Policy("*").Allows(request));
    }

    private static bool Allows(string? origin, params string[] configured)
    {
        var request = new DefaultHttpContext().Request;
        request.Host = new HostString("chat.example");
        if (origin is not null)
        {
            request.Headers.Append("Origin", origin);
        }

        return Policy(configured).Allows(request);
    }

    private static OriginPolicy Policy(params string[] configured) =>
        new(new FixedOptions<GatewayOptions>(new GatewayOptions { AllowedOrigins = configured }));
}
