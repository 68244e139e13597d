using System.Net;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Gateway.Admin;

namespace WsCluster.Tests.Unit.Admin;

public sealed class SignInAttemptsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SignInAttempts _attempts;

    public SignInAttemptsTests() => _attempts = new SignInAttempts(_time);

    [Fact]
    public void TryTake_OneAddress_IsStoppedAndMayTryAgainLater()
    {
        Assert.Equal(5, Tries("203.0.113.1", 10));
        _time.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal(1, Tries("203.0.113.1", 10));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(5, Tries("203.0.113.1", 10));
    }

    [Fact]
    public void TryTake_OtherAddresses_ArePartOfTenTimesAsMany()
    {
        var total = Enumerable.Range(1, 100).Sum(i => Tries($"203.0.113.{i}", 5));

        Assert.Equal(50, total);
    }

    [Fact]
    public void TryTake_AddressesOfOneNetwork_CountAsOne()
    {
        Assert.Equal(5, Tries("2001:db8::1", 5));
        Assert.Equal(0, Tries("2001:db8::2", 5));
        Assert.Equal(5, Tries("2001:db8:0:1::1", 5));
    }

    private int Tries(string address, int times) =>
        Enumerable.Range(0, times).Count(_ => _attempts.TryTake(IPAddress.Parse(address), perMinute: 5));
}
