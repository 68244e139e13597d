using System.Net;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Limits;

namespace WsCluster.Tests.Unit.Limits;

public sealed class AddressLimitsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly GatewayOptions _options = new() { MaxConnectionsPerAddress = 2, MaxHandshakesPerSecondPerAddress = 0 };
    private readonly AddressLimits _limits;

    public AddressLimitsTests()
    {
        _limits = new AddressLimits(new FixedOptions<GatewayOptions>(_options), _time);
    }

    [Fact]
    public void TryEnter_MoreThanAllowed_IsRefusedUntilOneLeaves()
    {
        Assert.Equal(AddressRefusal.None, Enter("203.0.113.5", out var first));
        Assert.Equal(AddressRefusal.None, Enter("203.0.113.5", out _));
        Assert.Equal(AddressRefusal.TooMany, Enter("203.0.113.5", out _));
        Assert.Equal(AddressRefusal.None, Enter("203.0.113.6", out _));

        first.Dispose();
        Assert.Equal(AddressRefusal.None, Enter("203.0.113.5", out _));
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("203.0.113.5", "::ffff:203.0.113.5", true)]
    public void TryEnter_OtherAddressOfTheSameSubscriber_CountsTogether(string one, string other, bool together)
    {
        Enter(one, out _);
        Enter(one, out _);
        Assert.Equal(together ? AddressRefusal.TooMany : AddressRefusal.None, Enter(other, out _));
    }

    [Theory, InlineData("127.0.0.1"), InlineData("10.1.2.3"), InlineData("::ffff:192.168.0.1"), InlineData("::1"), InlineData("fd00::1")]
    public void TryEnter_LocalAddress_IsNotLimited(string address)
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(AddressRefusal.None, Enter(address, out _));
        }

        Assert.Equal(0, _limits.Count);
    }

    [Fact]
    public void TryEnter_TooFast_IsRefusedUntilTimeHasPassed()
    {
        (_options.MaxConnectionsPerAddress, _options.MaxHandshakesPerSecondPerAddress) = (0, 1);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(AddressRefusal.None, Enter("203.0.113.5", out var place));
            place.Dispose();
        }

        Assert.Equal(AddressRefusal.TooFast, Enter("203.0.113.5", out _));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(AddressRefusal.None, Enter("203.0.113.5", out _));
    }

    [Fact]
    public void Leave_LastConnection_IsForgotten()
    {
        Enter("203.0.113.5", out var place);
        Assert.Equal(1, _limits.Count);
        place.Dispose();
        Assert.Equal(0, _limits.Count);
    }

    [Fact]
    public void Leave_FloodFromManyAddresses_StaysBounded()
    {
        _options.MaxHandshakesPerSecondPerAddress = 1;
        Enter("203.0.113.5", out _); // stays connected
        for (uint i = 0; i < AddressLimits.MaxIdle + 10; i++)
        {
            Assert.Equal(AddressRefusal.None, Enter(new IPAddress((i << 8) | 8).ToString(), out var place));
            place.Dispose();
        }

        Assert.InRange(_limits.Count, 1, 20);
    }

    private AddressRefusal Enter(string address, out AddressPlace place) => _limits.TryEnter(IPAddress.Parse(address), out place);
}
