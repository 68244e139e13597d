using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;

namespace WsCluster.Tests.Unit.Connections;

public sealed class ConnectionExpiryTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly DeadlineClock _clock;
    private readonly Connection _connection;

    public ConnectionExpiryTests()
    {
        _clock = new DeadlineClock(_time, NullLogger<DeadlineClock>.Instance);
        var options = new GatewayOptions { PingInterval = TimeSpan.Zero, ExpiredCloseDelay = TimeSpan.FromSeconds(5) };
        _connection = new Connection(new RecordingTransport(), ProtocolCodecs.Json, options, _clock);
        _connection.Authenticated(ExpiringIn(60));
    }

    public void Dispose() => _clock.Dispose();

    [Fact]
    public void Identity_NotRefreshed_ExpiresAfterTheDelay() => ExpiresAfter(65);

    [Fact]
    public void Identity_RefreshedToLater_ExpiresThen()
    {
        _connection.Refreshed(ExpiringIn(120));

        ExpiresAfter(125);
    }

    [Fact]
    public void Identity_RefreshedToEarlier_ExpiresThen()
    {
        _connection.Refreshed(ExpiringIn(30));

        ExpiresAfter(35);
    }

    [Fact]
    public void Identity_RefreshedManyTimes_ExpiresAtTheLast()
    {
        for (var i = 1; i <= 50; i++)
        {
            _connection.Refreshed(ExpiringIn(60 + i));
        }

        ExpiresAfter(115);
    }

    [Fact]
    public void Identity_RefreshedForGood_NeverExpires()
    {
        _connection.Refreshed(new ClientIdentity { User = "u" });
        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.Null(_connection.CloseCode);
    }

    private ClientIdentity ExpiringIn(int seconds) => new() { User = "u", ExpireAt = _time.GetUtcNow() + TimeSpan.FromSeconds(seconds) };

    private void ExpiresAfter(int seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.Null(_connection.CloseCode);
        _time.Advance(TimeSpan.FromSeconds(1.2));
        Assert.Equal(3005, _connection.CloseCode);
    }
}
