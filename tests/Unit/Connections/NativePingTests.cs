using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;

namespace WsCluster.Tests.Unit.Connections;

/// <summary>Connections that asked to be pinged by WebSocket frames (protocol §1.1).</summary>
public sealed class NativePingTests : IDisposable
{
    private const int NoPong = 3012;

    private readonly FakeTimeProvider _time = new();
    private readonly RecordingTransport _transport = new();
    private readonly DeadlineClock _clock;
    private readonly Connection _connection;

    public NativePingTests()
    {
        _clock = new DeadlineClock(_time, NullLogger<DeadlineClock>.Instance);
        _connection = new Connection(_transport, ProtocolCodecs.Json, new GatewayOptions(), _clock, PingKind.Frames);
        _connection.Authenticated(new ClientIdentity { User = "u" });
    }

    public void Dispose() => _clock.Dispose();

    [Fact]
    public async Task Ping_IsAnEmptyFrame()
    {
        _time.Advance(TimeSpan.FromSeconds(25.2));

        Assert.Equal(OutboundMessage.PingFrame.Frame.ToArray(), [0x89, 0]);
        Assert.Equal(System.Text.Encoding.UTF8.GetString([0x89, 0]), await _transport.NextAsync());
    }

    [Fact]
    public void PingInterval_IsZero_SinceNoMessageCarriesPings() => Assert.Equal(TimeSpan.Zero, _connection.PingInterval);

    [Fact]
    public void PongFrame_EachTime_KeepsTheConnection()
    {
        for (var second = 0; second < 100; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _connection.TakePongFrame(); // most of them unasked
        }

        Assert.Null(_connection.CloseCode);
    }

    [Fact]
    public void PongFrame_Missing_Closes()
    {
        _time.Advance(TimeSpan.FromSeconds(25.2)); // the first ping goes after half to all of that
        _time.Advance(TimeSpan.FromSeconds(8.2));

        Assert.Equal(NoPong, _connection.CloseCode);
    }

    [Fact]
    public void PongMessage_IsNone()
    {
        _time.Advance(TimeSpan.FromSeconds(25.2));

        Assert.False(_connection.TryPong());
        Assert.Null(_connection.CloseCode);
    }

    [Fact]
    public void PongFrame_OfAConnectionWithMessagePings_AnswersNothing()
    {
        var connection = new Connection(new RecordingTransport(), ProtocolCodecs.Json, new GatewayOptions(), _clock);
        connection.Authenticated(new ClientIdentity { User = "u" });
        for (var second = 0; second < 34; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            connection.TakePongFrame();
        }

        Assert.Equal(NoPong, connection.CloseCode);
    }
}
