using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Configuration;
using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Routing;
using WsCluster.Tests.Unit.Client;
using WsCluster.Tests.Unit.Connections;

namespace WsCluster.Tests.Unit.Commands;

/// <summary>What a client reads when its publish failed: whether the same may succeed later (protocol §16).</summary>
public sealed class PublishErrorTests : IDisposable
{
    private readonly FakeGrains _grains = new();
    private readonly FakeTimeProvider _time = new();
    private readonly DeadlineClock _clock;
    private readonly RecordingTransport _transport = new();
    private readonly Connection _connection;
    private readonly CommandProcessor _commands;

    public PublishErrorTests()
    {
        var options = new GatewayOptions { Insecure = true, PingInterval = TimeSpan.Zero };
        var namespaces = new FixedOptions<ChannelNamespaces>(new ChannelNamespaces
        {
            WithoutNamespace = new ChannelOptions { HistorySize = 10, HistoryTtl = TimeSpan.FromMinutes(1) },
        });
        var gateway = new FixedOptions<GatewayOptions>(options);
        var calls = new ClusterCalls(Options.Create(options), _time);
        var publish = new PublishHandler(
            new ChannelPublisher(_grains.Factory, calls, Options.Create(options), TestMetrics.Gateway(), _time),
            new ChannelRules(namespaces, gateway),
            gateway);
        _commands = new CommandProcessor(
            null!, null!, null!, publish, null!, null!, null!, null!, null!, TestMetrics.Gateway(), NullLogger<CommandProcessor>.Instance);
        _clock = new DeadlineClock(_time, NullLogger<DeadlineClock>.Instance);
        _connection = new Connection(_transport, ProtocolCodecs.Json, options, _clock);
        _connection.Authenticated(new ClientIdentity { User = "7" });
        _connection.Establish(new Reply { Id = 1, Connect = new ConnectResult() });
    }

    public void Dispose() => _clock.Dispose();

    [Theory]
    [InlineData(ErrorCode.Internal, true)]
    [InlineData(ErrorCode.TooManyRequests, true)]
    [InlineData(ErrorCode.BadRequest, false)]
    [InlineData(ErrorCode.NotAvailable, false)]
    public Task Publish_Refused_TellsWhetherItIsTemporary(ErrorCode error, bool temporary) =>
        FailsAsync(new WsClusterException(error, "a text that is not for clients"), error, temporary);

    [Fact]
    public Task Publish_ClusterAway_IsTemporary() => FailsAsync(new TimeoutException("10.0.0.1 is away"), ErrorCode.Internal, temporary: true);

    [Fact]
    public Task Publish_Fails_TellsNothingOfWhy() => FailsAsync(new InvalidOperationException("secret"), ErrorCode.Internal, temporary: true);

    private async Task FailsAsync(Exception failure, ErrorCode error, bool temporary)
    {
        _grains.OnPublish = (_, _) => Task.FromException<StreamPosition>(failure);
        await _transport.NextAsync(); // the connect reply

        var processing = _commands.ProcessAsync(_connection, Encoding.UTF8.GetBytes("""{"id":2,"publish":{"channel":"news","data":1}}"""));
        await Wait.UntilAsync("the command to end", () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(processing.IsCompleted ? 0 : 200));
            return processing.IsCompleted;
        });

        var flag = temporary ? ",\"temporary\":true" : "";
        Assert.Equal(
            "{\"id\":2,\"error\":{\"code\":" + (int)error + ",\"message\":\"" + error.Message() + "\"" + flag + "}}",
            (await _transport.NextAsync()).Trim());
        Assert.Null(_connection.CloseCode);
    }
}
