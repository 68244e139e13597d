using System.Net;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Limits;

namespace WsCluster.Tests.Unit.Limits;

public sealed class ClientAddressesTests
{
    [Theory]
    [InlineData("198.51.100.9", "1.2.3.4", "198.51.100.9")] // anybody may say anything
    [InlineData("10.0.0.1", "", "10.0.0.1")]
    [InlineData("10.0.0.1", "1.2.3.4", "1.2.3.4")]
    [InlineData("::ffff:10.0.0.1", "1.2.3.4", "1.2.3.4")]
    [InlineData("10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4")] // the client made the first one up
    [InlineData("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4")] // two proxies of ours
    [InlineData("10.0.0.1", "1.2.3.4, nonsense", "10.0.0.1")]
    [InlineData("10.0.0.1", "2001:db8::1", "2001:db8::1")]
    [InlineData("192.0.2.7", "1.2.3.4", "1.2.3.4")] // a single address
    public void Of_Header_CountsOnlyFromTrustedProxies(string peer, string header, string expected)
    {
        var addresses = new ClientAddresses(new FixedOptions<GatewayOptions>(new GatewayOptions { TrustedProxies = ["10.0.0.0/8", "192.0.2.7"] }));

        Assert.Equal(IPAddress.Parse(expected), addresses.Of(IPAddress.Parse(peer), header));
    }

    [Fact]
    public void Of_NobodyTrusted_IsThePeer() => Assert.Equal(
        IPAddress.Loopback, new ClientAddresses(new FixedOptions<GatewayOptions>(new GatewayOptions())).Of(IPAddress.Loopback, "1.2.3.4"));
}
