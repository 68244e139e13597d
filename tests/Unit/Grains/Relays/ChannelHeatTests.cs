using WsCluster.Grains.Relays;

namespace WsCluster.Tests.Unit.Grains.Relays;

public sealed class ChannelHeatTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ChannelHeat _heat = new(new HotChannelOptions { Gateways = 32, SendsPerSecond = 5000, QuietAfter = TimeSpan.FromSeconds(3) });

    [Theory]
    [InlineData(32, 1, true)]
    [InlineData(31, 100, false)] // 3100 sends a second
    [InlineData(200, 0, false)] // nobody publishes: nothing to save
    [InlineData(12, 417, true)] // 5004 sends a second, 4 gateways for each silo
    [InlineData(12, 416, false)]
    [InlineData(11, 5000, false)] // too few gateways for three silos
    public void Look_DecidesByGatewaysAndSends(int gateways, int entries, bool isHot)
    {
        _heat.Look(gateways, silos: 3, entries, Second);

        Assert.Equal(isHot, _heat.IsHot);
    }

    [Fact]
    public void Look_SendsAreThoseOfASecond()
    {
        _heat.Look(gateways: 12, silos: 3, entries: 417, TimeSpan.FromSeconds(2));

        Assert.False(_heat.IsHot);
    }

    [Fact]
    public void Look_HalfOfTheThreshold_StaysHotAndLessEndsItAfterAWhile()
    {
        _heat.Look(32, 3, 1, Second);

        for (var i = 0; i < 10; i++)
        {
            _heat.Look(16, 3, 1, Second);
            Assert.True(_heat.IsHot);
        }

        _heat.Look(15, 3, 1, Second);
        _heat.Look(15, 3, 1, Second);
        Assert.True(_heat.IsHot);
        _heat.Look(15, 3, 1, Second);
        Assert.False(_heat.IsHot);
    }

    [Fact]
    public void Look_AWarmSecondInBetween_BeginsTheQuietAnew()
    {
        _heat.Look(32, 3, 1, Second);
        _heat.Look(32, 3, 0, Second);
        _heat.Look(32, 3, 0, Second);

        _heat.Look(32, 3, 1, Second);
        _heat.Look(32, 3, 0, Second);
        _heat.Look(32, 3, 0, Second);

        Assert.True(_heat.IsHot);
    }
}
