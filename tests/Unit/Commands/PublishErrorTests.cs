using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Configuration;
using WsCluster.Gateway;
using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Tests.Unit.Publishing;
using WsCluster.Tests.Unit.Connections;

namespace WsCluster.Tests.Unit.Commands;

/// <summary>What a client reads when its publish failed: whether the same may succeed later (protocol §16).</summary>
public sealed class PublishErrorTests : IDisposable
{
    private readonly PublishingCluster _cluster = new();
    private readonly ChannelNamespaces _namespaces = new()
    {
        WithoutNamespace = new ChannelOptions { HistorySize = 10, HistoryTtl = TimeSpan.FromMinutes(1) },
    };

    private readonly DeadlineClock _clock;
    private readonly RecordingTransport _transport = new();
    private readonly Connection _connection;
    private readonly CommandProcessor _commands;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeasuredValues _measured;

    public PublishErrorTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _measured = new MeasuredValues(meters);
        var options = new GatewayOptions { Insecure = true, PingInterval = TimeSpan.Zero, MaxQueuedBytes = 16 * 1024 };
        var gateway = new FixedOptions<GatewayOptions>(options);
        var publish = new PublishHandler(
            new ChannelRules(new FixedOptions<ChannelNamespaces>(_namespaces), gateway, TestMetrics.Gateway()),
            new PublishAccess(new ChannelAccess(gateway, new RevocationList(_cluster.Time)), authorizer: null!, proxy: null!),
            _cluster.Publisher,
            TestMetrics.Gateway());
        _commands = new CommandProcessor(
            null!, null!, null!, publish, null!, null!, null!, null!, null!, null!, new GatewayMetrics(meters), NullLogger<CommandProcessor>.Instance);
        _clock = new DeadlineClock(_cluster.Time, NullLogger<DeadlineClock>.Instance);
        _connection = new Connection(_transport, ProtocolCodecs.Json, options, _clock);
        _connection.Authenticated(new ClientIdentity { User = "7" });
        _connection.Establish(new Reply { Id = 1, Connect = new ConnectResult() });
    }

    public void Dispose()
    {
        _clock.Dispose();
        _measured.Dispose();
        _services.Dispose();
    }

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

    [Theory]
    [InlineData(10)]
    [InlineData(0)]
    public async Task Publish_HasAKeyOfItsOwn_WhereThereIsAStream(int historySize)
    {
        _namespaces.WithoutNamespace!.HistorySize = historySize;
        await _transport.NextAsync();

        await PublishAsync(2);
        await PublishAsync(3);

        Assert.Equal(2, _cluster.Requests.Count);
        Assert.Equal(historySize > 0 ? 2 : 1, _cluster.Requests.Select(request => request.IdempotencyKey).Distinct().Count());
        Assert.All(_cluster.Requests, request => Assert.Equal(historySize == 0, request.IdempotencyKey is null));
    }

    [Fact]
    public async Task Command_WhileItsClientReadsNoReplies_Waits()
    {
        await _transport.NextAsync(); // the connect reply
        _transport.Block();
        _connection.Writer.Enqueue(OutboundMessage.Create(new byte[9 * 1024], ProtocolKind.Json)); // more than half of what may wait

        var processing = _commands.ProcessAsync(_connection, "{\"id\":2,\"publish\":{\"channel\":\"no:such\",\"data\":1}}"u8.ToArray());

        await Wait.UntilAsync("the limit to be counted", () => _measured.Sum("wscluster.gateway.limit.hits") == 1);
        Assert.False(processing.IsCompleted);
        _transport.Unblock();
        await processing.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Null(_connection.CloseCode);
    }

    private async Task FailsAsync(Exception failure, ErrorCode error, bool temporary)
    {
        _cluster.Before = _ => Task.FromException(failure);
        await _transport.NextAsync(); // the connect reply

        var reply = await PublishAsync(2);

        var flag = temporary ? ",\"temporary\":true" : "";
        Assert.Equal(
            "{\"id\":2,\"error\":{\"code\":" + (int)error + ",\"message\":\"" + error.Message() + "\"" + flag + "}}", reply);
        Assert.Null(_connection.CloseCode);
    }

    private async Task<string> PublishAsync(int id)
    {
        await _commands.ProcessAsync(
            _connection, Encoding.UTF8.GetBytes("{\"id\":" + id + ",\"publish\":{\"channel\":\"news\",\"data\":1}}"));
        var reply = _transport.NextAsync();
        await Wait.UntilAsync("the reply", () =>
        {
            _cluster.Time.Advance(TimeSpan.FromMilliseconds(reply.IsCompleted ? 0 : 200));
            return reply.IsCompleted;
        });
        return (await reply).Trim();
    }
}
