using Orleans.Runtime;
using WsCluster.Gateway.Publishing;

namespace WsCluster.Tests.Unit.Publishing;

public sealed class ChannelPublisherTests
{
    private readonly PublishingCluster _cluster = new();

    [Fact]
    public async Task TooMuchWaitsForASilo_TheRestIsRefusedForNow()
    {
        await _cluster.LearnAsync("a");
        var held = new TaskCompletionSource();
        _cluster.Before = _ => held.Task;
        var megabyte = new string('x', 1024 * 1024);
        var publishes = Enumerable.Range(0, 40).Select(_ => Publish("a", megabyte)).ToArray();

        var publishing = publishes.Select(publish => _cluster.Publisher.PublishAsync([publish])).ToArray();
        await Wait.UntilAsync("refusals", () => publishes.Any(publish => publish.Outcome.Error == ErrorCode.TooManyRequests));
        var refused = publishes.Count(publish => publish.Outcome.Error == ErrorCode.TooManyRequests);
        held.SetResult();
        await Task.WhenAll(publishing);

        Assert.InRange(refused, 20, 25); // 16 MiB wait, and one is under way
        Assert.Equal(40 - refused, publishes.Count(publish => publish.Outcome.IsPublished));
    }

    [Fact]
    public async Task OfOneChannel_GoesInOneCall_InItsOrder()
    {
        PendingPublish[] group = [Publish("a", "1"), Publish("a", "2"), Publish("a", "3")];

        await _cluster.Publisher.PublishAsync([.. group]);

        Assert.Equal(["a:1,2,3"], _cluster.Calls);
        Assert.Equal([1UL, 2UL, 3UL], group.Select(publish => publish.Outcome.Position.Offset));
    }

    [Fact]
    public async Task InTheSilosProcess_NothingIsCalled()
    {
        _cluster.Here.UnionWith(["a", "b"]);
        PendingPublish[] group = [Publish("a", "1"), Publish("b", "2"), Publish("a", "3")];

        await _cluster.EmbeddedPublisher.PublishAsync([.. group]);

        Assert.Equal(["here a:1", "here b:2", "here a:3"], _cluster.Calls);
        Assert.Equal([1UL, 1UL, 2UL], group.Select(publish => publish.Outcome.Position.Offset));
    }

    [Fact]
    public async Task InTheSilosProcess_WhatFollowsACall_DoesNotOvertakeIt()
    {
        _cluster.Here.Add("a");
        _cluster.Before = channel =>
        {
            _cluster.Here.Add("b"); // it is live from its first call on
            return Task.CompletedTask;
        };
        PendingPublish[] group = [Publish("a", "1"), Publish("b", "2"), Publish("a", "3"), Publish("b", "4")];

        await _cluster.EmbeddedPublisher.PublishAsync([.. group]);

        Assert.Equal(["here a:1", "b:2,4", "a:3"], _cluster.Calls);
        Assert.Equal([1UL, 1UL, 2UL, 2UL], group.Select(publish => publish.Outcome.Position.Offset));
    }

    [Fact]
    public async Task OfManyChannelsOfOneSilo_GoesInOneCall_OnceTheSiloIsKnown()
    {
        await _cluster.LearnAsync("a", "b");
        PendingPublish[] group = [Publish("a", "1"), Publish("b", "2"), Publish("a", "3")];

        await _cluster.Publisher.PublishAsync([.. group]);

        Assert.Equal(["a:1,3 | b:2"], _cluster.Calls);
        Assert.All(group, publish => Assert.True(publish.Outcome.IsPublished));
        Assert.Equal([2UL, 2UL, 3UL], group.Select(publish => publish.Outcome.Position.Offset));
    }

    [Fact]
    public async Task WhileACallIsUnderWay_WhatComesWaits_AndGoesTogether()
    {
        await _cluster.LearnAsync("a", "b");
        var gate = new TaskCompletionSource();
        _cluster.Before = _ => gate.Task;
        var first = _cluster.Publisher.PublishAsync([Publish("a", "1")]);

        PendingPublish[] later = [Publish("a", "2"), Publish("b", "3"), Publish("a", "4")];
        var calls = later.Select(publish => _cluster.Publisher.PublishAsync([publish])).ToArray();
        Assert.Equal(["a:1"], _cluster.Calls);
        gate.SetResult();
        await first;
        await Task.WhenAll(calls);

        Assert.Equal(["a:1", "a:2,4 | b:3"], _cluster.Calls);
        Assert.Equal([3UL, 2UL, 4UL], later.Select(publish => publish.Outcome.Position.Offset)); // each got its own part
    }

    [Fact]
    public async Task BehindASlowCall_OthersGoAfterAShortWait()
    {
        await _cluster.LearnAsync("slow", "b");
        var gate = new TaskCompletionSource();
        _cluster.Before = channel => channel == "slow" ? gate.Task : Task.CompletedTask;
        var slow = _cluster.Publisher.PublishAsync([Publish("slow", "1")]);

        var other = _cluster.Publisher.PublishAsync([Publish("b", "2")]);
        Assert.False(other.IsCompleted);
        _cluster.Time.Advance(TimeSpan.FromMilliseconds(50));
        _cluster.Places.Flush();
        await Wait.ForAsync("the publication behind", other);

        Assert.False(slow.IsCompleted);
        gate.SetResult();
        await slow;
    }

    [Fact]
    public async Task ThatDidNotRun_IsRepeated()
    {
        await _cluster.LearnAsync("a");
        var failures = 3;
        _cluster.Before = _ => failures-- > 0 ? throw Rejection() : Task.CompletedTask;
        PendingPublish[] group = [Publish("a", "1"), Publish("a", "2")];

        await PublishAsync(group);

        Assert.Equal(["a:1,2", "a:1,2", "a:1,2", "a:1,2"], _cluster.Calls);
        Assert.Equal([2UL, 3UL], group.Select(publish => publish.Outcome.Position.Offset));
    }

    [Fact]
    public async Task OfUnknownOutcome_IsRepeatedOnlyWithAKey()
    {
        var failures = 1;
        _cluster.Before = _ => failures-- > 0 ? throw new TimeoutException() : Task.CompletedTask;
        var without = Publish("a", "1");
        await PublishAsync(without);
        Assert.Equal(ErrorCode.Internal, without.Outcome.Error);
        Assert.Equal(["a:1"], _cluster.Calls);

        failures = 1;
        var with = PublishingCluster.Publish("b", "2", key: "k");
        await PublishAsync(with);

        Assert.True(with.Outcome.IsPublished);
        Assert.Equal(["a:1", "b:2", "b:2"], _cluster.Calls);
    }

    [Fact]
    public async Task ThatTheSiloMayHaveTakenWithItself_IsOfUnknownOutcome()
    {
        _cluster.Before = _ => throw new SiloUnavailableException();
        var without = Publish("a", "1");

        await PublishAsync(without);

        Assert.Equal(["a:1"], _cluster.Calls);
    }

    [Fact]
    public async Task WithoutAnAnswer_IsRepeatedWithItsKey()
    {
        await _cluster.LearnAsync("a");
        var calls = 0;
        _cluster.Before = _ => ++calls == 1 ? new TaskCompletionSource().Task : Task.CompletedTask;
        var publish = PublishingCluster.Publish("a", "1", key: "k");

        await PublishAsync(publish);

        Assert.True(publish.Outcome.IsPublished);
        Assert.Equal(["a:1", "a:1"], _cluster.Calls);
    }

    [Fact]
    public async Task OneThatFailedBeforeAPublishedOne_IsNotRepeated()
    {
        // Repeating it would put it behind the later one, whose publisher was told that it is published.
        _cluster.Judge = data => data == "1" ? ErrorCode.Internal : ErrorCode.None;
        PendingPublish[] group = [PublishingCluster.Publish("a", "1", key: "k1"), PublishingCluster.Publish("a", "2", key: "k2")];

        await PublishAsync(group);

        Assert.Equal(["a:1,2"], _cluster.Calls);
        Assert.Equal([ErrorCode.Internal, ErrorCode.None], group.Select(publish => publish.Outcome.Error));
    }

    [Fact]
    public async Task WhatAChannelRefuses_IsItsOutcome()
    {
        await _cluster.LearnAsync("a", "b");
        _cluster.Judge = data => data == "bad" ? ErrorCode.BadRequest : ErrorCode.None;
        PendingPublish[] group = [Publish("a", "1"), Publish("b", "bad"), Publish("a", "3")];

        await PublishAsync(group);

        Assert.Equal([ErrorCode.None, ErrorCode.BadRequest, ErrorCode.None], group.Select(publish => publish.Outcome.Error));
    }

    [Fact]
    public async Task ASiloThatIsGone_IsLeftForTheChannelsThemselves()
    {
        await _cluster.LearnAsync("a", "b");
        _cluster.BeforeIngress = () => throw new WsClusterException(ErrorCode.Internal);
        PendingPublish[] group = [Publish("a", "1"), Publish("b", "2")];

        await PublishAsync(group);

        Assert.All(group, publish => Assert.True(publish.Outcome.IsPublished));
        Assert.Equal("a:1 | b:2", _cluster.Calls[0]);
        Assert.Equal(["a:1", "b:2"], _cluster.Calls.Skip(1).Order());
    }

    [Fact]
    public async Task AfterTheDeadline_TheErrorIsTemporary()
    {
        _cluster.Before = _ => throw Rejection();
        var publish = Publish("a", "1");
        var started = _cluster.Time.GetUtcNow();

        await PublishAsync(publish);

        Assert.InRange((_cluster.Time.GetUtcNow() - started).TotalSeconds, 9, 15);
        Assert.Equal(ErrorCode.Internal, publish.Outcome.Error);
        Assert.True(publish.Outcome.Error.IsTemporary());
    }

    [Fact]
    public async Task MoreThanMayWait_IsRefusedAsTooMany()
    {
        await _cluster.LearnAsync("a");
        var gate = new TaskCompletionSource();
        _cluster.Before = _ => gate.Task;
        var data = new string('x', 1024 * 1024);
        var all = Enumerable.Range(0, 40).Select(_ => Publish("a", data)).ToArray();

        var calls = all.Select(publish => _cluster.Publisher.PublishAsync([publish])).ToArray();
        gate.SetResult();
        await Task.WhenAll(calls);

        Assert.Contains(all, publish => publish.Outcome.Error == ErrorCode.TooManyRequests);
        Assert.All(all, publish => Assert.Contains(publish.Outcome.Error, new[] { ErrorCode.None, ErrorCode.TooManyRequests }));
        Assert.InRange(all.Count(publish => publish.Outcome.IsPublished), 15, 17);
    }

    private static PendingPublish Publish(string channel, string data) => PublishingCluster.Publish(channel, data);

    private async Task PublishAsync(params PendingPublish[] group)
    {
        var publishing = _cluster.Publisher.PublishAsync([.. group]);
        await Wait.UntilAsync("the outcome", () =>
        {
            _cluster.Time.Advance(TimeSpan.FromMilliseconds(500));
            return publishing.IsCompleted;
        });
        await publishing;
    }

    private static OrleansMessageRejectionException Rejection() =>
        (OrleansMessageRejectionException)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(typeof(OrleansMessageRejectionException));
}
