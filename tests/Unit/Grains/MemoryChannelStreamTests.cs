using Microsoft.Extensions.Time.Testing;
using WsCluster.Configuration;
using WsCluster.Grains.History;

namespace WsCluster.Tests.Unit.Grains;

public sealed class MemoryChannelStreamTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Append_CountsOffsetsUpFromOne()
    {
        var stream = Create(WithHistory());

        Assert.Equal(1UL, (await Append(stream)).Position.Offset);
        Assert.Equal(2UL, (await Append(stream)).Position.Offset);
        Assert.Equal(3UL, (await Append(stream)).Position.Offset);
        Assert.Equal(3UL, (await stream.GetTopAsync()).Offset);
    }

    [Fact]
    public async Task Append_WithoutHistory_HasNoPosition()
    {
        var stream = Create(new ChannelOptions());

        var result = await Append(stream);

        Assert.Equal(StreamPosition.None, result.Position);
        Assert.Equal(0UL, result.Published!.Offset);
        Assert.Empty((await stream.ReadAfterAsync(0, -1)).Publications);
        Assert.True((await stream.GetTopAsync()).IsNone);
    }

    [Fact]
    public async Task Append_SkippingHistory_TakesNoOffset()
    {
        var stream = Create(WithHistory());
        await Append(stream);

        var skipped = await stream.AppendAsync(Request() with { SkipHistory = true });

        Assert.Equal(0UL, skipped.Published!.Offset);
        Assert.Equal(StreamPosition.None, skipped.Position);
        Assert.Equal(2UL, (await Append(stream)).Position.Offset);
    }

    [Fact]
    public async Task Append_SameKeyAgain_ReturnsTheFirstResultAndPublishesNothing()
    {
        var stream = Create(WithHistory());
        var first = await stream.AppendAsync(Request() with { IdempotencyKey = "k" });
        await Append(stream);

        var repeat = await stream.AppendAsync(Request() with { IdempotencyKey = "k" });

        Assert.Null(repeat.Published);
        Assert.Equal(first.Position, repeat.Position);
        Assert.Equal(2UL, (await stream.GetTopAsync()).Offset);
    }

    [Fact]
    public async Task Append_SameKeyWithoutHistory_PublishesOnce()
    {
        var stream = Create(new ChannelOptions());

        Assert.NotNull((await stream.AppendAsync(Request() with { IdempotencyKey = "k" })).Published);
        Assert.Null((await stream.AppendAsync(Request() with { IdempotencyKey = "k" })).Published);
    }

    [Theory]
    [InlineData(5, "", 5, "", false)]
    [InlineData(5, "", 4, "", false)]
    [InlineData(5, "", 6, "", true)]
    [InlineData(5, "", 0, "", true)]
    [InlineData(5, "a", 5, "a", false)]
    [InlineData(5, "a", 5, "", false)]
    [InlineData(5, "a", 5, "b", true)]
    [InlineData(5, "a", 1, "b", true)]
    public async Task Append_Versions_PublishOnlyNewerOnes(int first, string firstEpoch, int second, string secondEpoch, bool published)
    {
        var stream = Create(WithHistory());
        await stream.AppendAsync(Request() with { Version = (ulong)first, VersionEpoch = firstEpoch });

        var result = await stream.AppendAsync(Request() with { Version = (ulong)second, VersionEpoch = secondEpoch });

        Assert.Equal(published, result.Published is not null);
        Assert.Equal(published ? 2UL : 1UL, result.Position.Offset);
    }

    [Fact]
    public async Task Append_DeltaPublish_MarksEveryPublication()
    {
        var options = WithHistory();
        options.DeltaPublish = true;

        Assert.True((await Append(Create(options))).Published!.Delta);
        Assert.False((await Append(Create(WithHistory()))).Published!.Delta);
        Assert.True((await Create(WithHistory()).AppendAsync(Request() with { Delta = true })).Published!.Delta);
    }

    [Fact]
    public async Task KeepUntil_CoversHistoryAndTenMinutesMore()
    {
        var stream = Create(WithHistory());
        await Append(stream);

        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromMinutes(1 + 10), stream.KeepUntil());
    }

    [Fact]
    public async Task KeepUntil_MetaTtl_CountsFromTheLastUse()
    {
        var options = WithHistory();
        options.HistoryMetaTtl = TimeSpan.FromHours(1);
        var stream = Create(options);
        await Append(stream);
        _time.Advance(TimeSpan.FromMinutes(5));
        await stream.GetTopAsync();

        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromHours(1), stream.KeepUntil());
    }

    [Fact]
    public async Task KeepUntil_WithoutHistory_CoversIdempotency()
    {
        var stream = Create(new ChannelOptions());
        Assert.Equal(_time.GetUtcNow(), stream.KeepUntil());

        await stream.AppendAsync(Request() with { IdempotencyKey = "k" });

        Assert.Equal(_time.GetUtcNow() + IdempotencyWindow.Lifetime, stream.KeepUntil());
    }

    [Fact]
    public async Task Trim_FreesExpiredPublications()
    {
        var stream = Create(WithHistory());
        await Append(stream);
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromMinutes(1), stream.Trim());

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(stream.Trim());
    }

    private IChannelStream Create(ChannelOptions options) => new MemoryHistoryStore(_time).Open("c", options);

    private static ChannelOptions WithHistory() => new() { HistorySize = 10, HistoryTtl = TimeSpan.FromMinutes(1) };

    private static PublishRequest Request() => new() { Data = [1] };

    private static ValueTask<AppendResult> Append(IChannelStream stream) => stream.AppendAsync(Request());
}
