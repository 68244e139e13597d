using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Limits;

namespace WsCluster.Tests.Unit.Limits;

/// <summary>What one connection may send, read and err.</summary>
public sealed class ConnectionRatesTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(50);

    [Fact]
    public void ChargeHistory_WithinTenSecondsWorth_WaitsForNothing()
    {
        var rates = new ConnectionRates();

        Assert.Equal(TimeSpan.Zero, rates.ChargeHistory(new GatewayOptions { MaxHistoryPublicationsPerSecond = 100 }, Now, 1000).Wait);
    }

    [Fact]
    public void ChargeHistory_BeyondThat_WaitsAsLongAsItTakes()
    {
        var options = new GatewayOptions { MaxHistoryPublicationsPerSecond = 100 };
        var rates = new ConnectionRates();
        rates.ChargeHistory(options, Now, 1000);

        Assert.Equal(TimeSpan.FromSeconds(3), rates.ChargeHistory(options, Now, 300).Wait);
        Assert.Equal(TimeSpan.FromSeconds(1), rates.ChargeHistory(options, Now.AddSeconds(3), 100).Wait);
    }

    [Fact]
    public void ChargeHistory_NoLimit_WaitsForNothing() =>
        Assert.Equal(TimeSpan.Zero, new ConnectionRates().ChargeHistory(new GatewayOptions { MaxHistoryPublicationsPerSecond = 0 }, Now, int.MaxValue).Wait);

    [Fact]
    public void ChargeHistory_DoesNotTouchCommandsOrErrors()
    {
        var options = new GatewayOptions { MaxHistoryPublicationsPerSecond = 1, MaxCommandsPerSecond = 10, MaxErrorsPerMinute = 1 };
        var rates = new ConnectionRates();
        rates.ChargeHistory(options, Now, 1000);

        Assert.Equal(TimeSpan.Zero, rates.Charge(options, Now, commands: 10, bytes: 10).Wait);
        Assert.True(rates.TryErr(options, Now));
    }
}
