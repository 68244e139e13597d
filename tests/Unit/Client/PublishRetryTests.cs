using Orleans.Runtime;

namespace WsCluster.Tests.Unit.Client;

public class PublishRetryTests
{
    private readonly ClusterClient _client = new();

    [Fact]
    public async Task Publish_NoKeyGiven_GeneratesOnePerPublish()
    {
        await _client.Cluster.Channel("a").PublishAsync("1");
        await _client.Cluster.Channel("a").PublishAsync("2");

        var keys = _client.Grains.CallsOf<PublishRequest>().Select(request => request.IdempotencyKey).ToList();
        Assert.All(keys, key => Assert.InRange(key!.Length, 10, 40));
        Assert.NotEqual(keys[0], keys[1]);
    }

    [Theory]
    [InlineData(typeof(TimeoutException))]
    [InlineData(typeof(SiloUnavailableException))]
    [InlineData(typeof(GatewayTooBusyException))]
    [InlineData(typeof(OrleansException))]
    [InlineData(typeof(WsClusterException), ErrorCode.Internal)]
    public async Task Publish_TransientFailure_IsRepeatedWithTheSameKey(Type failure, params object[] arguments)
    {
        FailFirst(2, (Exception)Activator.CreateInstance(failure, arguments)!);

        var position = await _client.FinishAsync(_client.Cluster.Channel("a").PublishAsync("1"));

        Assert.Equal(new StreamPosition(7, "e1"), position);
        var requests = _client.Grains.CallsOf<PublishRequest>().ToList();
        Assert.Equal(3, requests.Count);
        Assert.Single(requests.Select(request => request.IdempotencyKey).Distinct());
    }

    [Fact]
    public async Task Publish_TransientFailure_IsRepeatedInAnotherWay()
    {
        await _client.Cluster.Channel("a").PublishAsync("1");
        Assert.Equal(0, _client.Grains.Relayed);

        FailFirst(2, new TimeoutException());
        await _client.FinishAsync(_client.Cluster.Channel("a").PublishAsync("2"));
        Assert.Equal(2, _client.Grains.Relayed);
        Assert.All(_client.Grains.Calls, call => Assert.Equal("a", call.Key));
    }

    [Fact]
    public async Task Publish_CallersKey_IsKeptInEveryAttempt()
    {
        FailFirst(1, new TimeoutException());

        await _client.FinishAsync(_client.Cluster.Channel("a").PublishAsync("1", new PublishOptions { IdempotencyKey = "mine" }));

        Assert.Equal(["mine", "mine"], _client.Grains.CallsOf<PublishRequest>().Select(request => request.IdempotencyKey));
    }

    [Fact]
    public async Task Publish_AttemptWithoutAnswer_IsGivenUpAndRepeated()
    {
        var calls = 0;
        _client.Grains.OnPublish = (_, _) => ++calls == 1
            ? new TaskCompletionSource<StreamPosition>().Task
            : Task.FromResult(new StreamPosition(8, "e1"));

        var position = await _client.FinishAsync(_client.Cluster.Channel("a").PublishAsync("1"));

        Assert.Equal(8ul, position.Offset);
        Assert.Single(_client.Grains.CallsOf<PublishRequest>().Select(request => request.IdempotencyKey).Distinct());
    }

    [Fact]
    public async Task Publish_FailsUntilTheDeadline_ThrowsTemporaryError()
    {
        FailFirst(int.MaxValue, new SiloUnavailableException());
        var started = _client.Time.GetUtcNow();

        var thrown = await Assert.ThrowsAsync<WsClusterException>(() => _client.FinishAsync(_client.Cluster.Channel("a").PublishAsync("1")));

        Assert.Equal(ErrorCode.Internal, thrown.Code);
        Assert.True(thrown.IsTemporary);
        Assert.IsType<SiloUnavailableException>(thrown.InnerException);
        Assert.InRange((_client.Time.GetUtcNow() - started).TotalSeconds, 8, 12);
        Assert.InRange(_client.Grains.CallsOf<PublishRequest>().Count(), 8, 40);
    }

    [Theory]
    [InlineData(ErrorCode.UnknownChannel)]
    [InlineData(ErrorCode.BadRequest)]
    [InlineData(ErrorCode.TooManyRequests)]
    public async Task Publish_Refused_IsNotRepeated(ErrorCode code)
    {
        FailFirst(int.MaxValue, new WsClusterException(code));

        var thrown = await Assert.ThrowsAsync<WsClusterException>(() => _client.Cluster.Channel("a").PublishAsync("1"));

        Assert.Equal(code, thrown.Code);
        Assert.Single(_client.Grains.Calls);
    }

    [Fact]
    public async Task Publish_BrokenPromise_IsThrownAsItIs()
    {
        FailFirst(int.MaxValue, new InvalidOperationException("bug"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => _client.Cluster.Channel("a").PublishAsync("1"));

        Assert.Single(_client.Grains.Calls);
    }

    [Fact]
    public async Task Publish_RetryOff_OneAttemptWithoutKey()
    {
        var client = new ClusterClient(o => o.RetryDeadline = TimeSpan.Zero);
        client.Grains.OnPublish = (_, _) => throw new TimeoutException();

        var thrown = await Assert.ThrowsAsync<WsClusterException>(() => client.Cluster.Channel("a").PublishAsync("1"));

        Assert.Equal(ErrorCode.Internal, thrown.Code);
        Assert.Null(Assert.Single(client.Grains.CallsOf<PublishRequest>()).IdempotencyKey);
    }

    [Fact]
    public async Task Publish_NotJoinedYet_WaitsForTheCluster()
    {
        _client.Grains.IsJoined = false;
        var publish = _client.Cluster.Channel("a").PublishAsync("1");
        _client.Time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.False(publish.IsCompleted);

        _client.Grains.IsJoined = true;

        Assert.Equal(7ul, (await _client.FinishAsync(publish)).Offset);
    }

    [Fact]
    public async Task Publish_Cancelled_StopsRepeating()
    {
        FailFirst(int.MaxValue, new TimeoutException());
        using var cancellation = new CancellationTokenSource();
        var publish = _client.Cluster.Channel("a").PublishAsync("1", cancellationToken: cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publish);
    }

    private void FailFirst(int count, Exception failure)
    {
        var calls = 0;
        _client.Grains.OnPublish = (_, _) => Interlocked.Increment(ref calls) <= count
            ? Task.FromException<StreamPosition>(failure)
            : Task.FromResult(new StreamPosition(7, "e1"));
    }
}
