using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;
using WsCluster.Configuration;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Routing;
using WsCluster.Grains.History;
using WsCluster.Tests.Unit.Client;

namespace WsCluster.Tests.Unit.Routing;

/// <summary>Publishes of clients that meet failures of the cluster.</summary>
public sealed class ChannelPublisherTests
{
    private static readonly ChannelOptions History = new() { HistorySize = 10, HistoryTtl = TimeSpan.FromMinutes(1) };
    private static readonly PublishRequest Request = new() { Data = [1] };

    private readonly FakeGrains _grains = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ChannelPublisher _publisher;

    public ChannelPublisherTests()
    {
        var options = Options.Create(new GatewayOptions());
        _publisher = new ChannelPublisher(_grains.Factory, new ClusterCalls(options, _time), options, TestMetrics.Gateway(), _time);
    }

    [Fact]
    public async Task Publish_ChannelWithHistory_HasAKeyOfItsOwn()
    {
        await PublishAsync(History);
        await PublishAsync(History);

        var keys = Keys();
        Assert.Equal(2, keys.Distinct().Count());
        Assert.DoesNotContain(null, keys);
    }

    [Fact]
    public async Task Publish_CallersKey_IsKept()
    {
        await FinishAsync(_publisher.PublishAsync("a", History, Request with { IdempotencyKey = "mine" }));

        Assert.Equal(["mine"], Keys());
    }

    [Fact]
    public async Task Publish_ChannelWithoutHistory_HasNoKey()
    {
        await PublishAsync(new ChannelOptions());

        Assert.Equal([null], Keys());
    }

    [Theory]
    [InlineData(typeof(TimeoutException))]
    [InlineData(typeof(SiloUnavailableException))]
    [InlineData(typeof(OrleansException))]
    [InlineData(typeof(WsClusterException), ErrorCode.Internal)]
    public async Task Publish_OutcomeUnknown_IsRepeatedWithTheSameKey(Type failure, params object[] arguments)
    {
        FailFirst(2, (Exception)Activator.CreateInstance(failure, arguments)!);

        Assert.Equal(7ul, (await PublishAsync(History)).Offset);

        Assert.Equal(3, Keys().Count);
        Assert.Single(Keys().Distinct());
    }

    [Fact]
    public async Task Publish_NoAnswer_IsRepeatedWithTheSameKey()
    {
        var calls = 0;
        _grains.OnPublish = (_, _) => ++calls == 1
            ? new TaskCompletionSource<StreamPosition>().Task
            : Task.FromResult(new StreamPosition(8, "e1"));

        Assert.Equal(8ul, (await PublishAsync(History)).Offset);
        Assert.Single(Keys().Distinct());
    }

    [Fact]
    public async Task Publish_AnswersAreLost_IsInTheStreamOnce()
    {
        var delivered = new List<ulong>();
        var stream = new MemoryChannelStream(History, new Owner(delivered), _time, TestMetrics.Grains());
        var calls = 0;
        _grains.OnPublish = async (_, request) =>
        {
            var position = await stream.AppendAsync(request);
            return ++calls <= 3 ? throw new TimeoutException() : position;
        };

        Assert.Equal(1ul, (await PublishAsync(History)).Offset);

        Assert.Equal(4, calls);
        Assert.Equal([1ul], delivered);
    }

    [Fact]
    public async Task Publish_UntilTheDeadline_EndsWithATemporaryFailure()
    {
        FailFirst(int.MaxValue, new SiloUnavailableException());
        var started = _time.GetUtcNow();

        await Assert.ThrowsAsync<SiloUnavailableException>(() => PublishAsync(History)); // which becomes error 100

        Assert.InRange((_time.GetUtcNow() - started).TotalSeconds, 9, 13);
        Assert.Single(Keys().Distinct());
    }

    [Theory]
    [InlineData(ErrorCode.BadRequest)]
    [InlineData(ErrorCode.UnknownChannel)]
    [InlineData(ErrorCode.TooManyRequests)]
    public async Task Publish_Refused_IsNotRepeated(ErrorCode error)
    {
        FailFirst(int.MaxValue, new WsClusterException(error));

        var thrown = await Assert.ThrowsAsync<WsClusterException>(() => PublishAsync(History));

        Assert.Equal(error, thrown.Code);
        Assert.Single(Keys());
    }

    [Fact]
    public async Task Publish_WithoutHistoryAndOutcomeUnknown_IsNotRepeated()
    {
        FailFirst(1, new TimeoutException());

        await Assert.ThrowsAsync<TimeoutException>(() => PublishAsync(new ChannelOptions()));

        Assert.Single(Keys());
    }

    [Fact]
    public async Task Publish_WithoutHistoryAndCertainlyNotRun_IsRepeated()
    {
        FailFirst(2, new SiloUnavailableException());

        await PublishAsync(new ChannelOptions());

        Assert.Equal(3, Keys().Count);
    }

    private List<string?> Keys() => [.. _grains.CallsOf<PublishRequest>().Select(request => request.IdempotencyKey)];

    private void FailFirst(int count, Exception failure)
    {
        var calls = 0;
        _grains.OnPublish = (_, _) => ++calls <= count
            ? Task.FromException<StreamPosition>(failure)
            : Task.FromResult(new StreamPosition(7, "e1"));
    }

    private Task<StreamPosition> PublishAsync(ChannelOptions options) => FinishAsync(_publisher.PublishAsync("a", options, Request));

    private async Task<T> FinishAsync<T>(Task<T> task)
    {
        await Wait.UntilAsync("the publish to end", () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(task.IsCompleted ? 0 : 100));
            return task.IsCompleted;
        });
        return await task;
    }

    private sealed class Owner(List<ulong> delivered) : IStreamOwner
    {
        public void Deliver(string epoch, Publication publication) => delivered.Add(publication.Offset);

        public void LoseStream(string reason) => throw new NotSupportedException();
    }
}
