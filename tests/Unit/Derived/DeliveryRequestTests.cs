using System.Text;
using WsCluster.Configuration;
using WsCluster.Gateway.Subscriptions.Derived;

namespace WsCluster.Tests.Unit.Derived;

/// <summary>What clients may write into their subscription's data.</summary>
public sealed class DeliveryRequestTests
{
    private readonly ChannelOptions _options = new() { AllowDeliveryChoice = true, ConflationInterval = TimeSpan.FromMilliseconds(50) };

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("{\"room\":7}")]
    public void Read_NothingSaid_IsNoChoice(string data)
    {
        Assert.True(TryRead(data, out var request));
        Assert.False(request.IsMade);
    }

    [Fact]
    public void Read_NotAllowed_IsTheApplicationsOwn()
    {
        _options.AllowDeliveryChoice = false;

        Assert.True(TryRead("""{"delivery":"by drone"}""", out var request));
        Assert.False(request.IsMade);
    }

    [Theory]
    [InlineData("""{"delivery":"latest"}""", 50)]
    [InlineData("""{"delivery":"latest","every":1}""", 50)]
    [InlineData("""{"delivery":"latest","every":50}""", 50)]
    [InlineData("""{"delivery":"latest","every":51}""", 100)]
    [InlineData("""{"delivery":"latest","every":1000,"room":7}""", 1600)]
    [InlineData("""{"delivery":"latest","every":1e300}""", 3200)]
    public void Read_Latest_RoundsUpToADoubling(string data, int milliseconds)
    {
        Assert.True(TryRead(data, out var request));
        Assert.Equal(new DeliveryRequest(true, new Derivation.Latest(TimeSpan.FromMilliseconds(milliseconds), WhileSlow: false)), request);
    }

    [Fact]
    public void Read_TheOthers()
    {
        Assert.True(TryRead("""{"delivery":"everything"}""", out var everything));
        Assert.True(TryRead("""{"delivery":"adaptive"}""", out var adaptive));
        Assert.True(TryRead("""{"delivery":"sample","of":10}""", out var sample));
        Assert.True(TryRead("""{"delivery":"sample","of":1}""", out var one));

        Assert.Equal(new DeliveryRequest(true, null), everything);
        Assert.Equal(new DeliveryRequest(true, new Derivation.Latest(_options.ConflationInterval, WhileSlow: true)), adaptive);
        Assert.Equal(new DeliveryRequest(true, new Derivation.Sample(10)), sample);
        Assert.Equal(new DeliveryRequest(true, null), one);
    }

    [Theory]
    [InlineData("""{"delivery":"by drone"}""")]
    [InlineData("""{"delivery":3}""")]
    [InlineData("""{"delivery":null}""")]
    [InlineData("""{"delivery":"latest","every":0}""")]
    [InlineData("""{"delivery":"latest","every":-5}""")]
    [InlineData("""{"delivery":"latest","every":"soon"}""")]
    [InlineData("""{"delivery":"sample"}""")]
    [InlineData("""{"delivery":"sample","of":0}""")]
    [InlineData("""{"delivery":"sample","of":2.5}""")]
    [InlineData("""{"delivery":"sample","of":2000000}""")]
    public void Read_Unknown_IsRefused(string data) => Assert.False(TryRead(data, out _));

    private bool TryRead(string data, out DeliveryRequest request) => DeliveryRequest.TryRead(Encoding.UTF8.GetBytes(data), _options, out request);
}
