using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Configuration;
using WsCluster.Grains;
using WsCluster.Grains.History;
using WsCluster.Grains.Limits;

namespace WsCluster.Tests.Unit.Grains;

/// <summary>What only streams in memory do; the rest is in the contract tests of all stores (tests/Cluster/History).</summary>
public sealed class MemoryChannelStreamTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly RecordingOwner _owner = new();
    private readonly FakeTimeProvider _time = new();
    private readonly SiloLimits _limits = new(Options.Create(new SiloLimitOptions()));

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task HandOver_TakesEverythingToTheNextStream()
    {
        var options = new ChannelOptions { HistorySize = 10, HistoryTtl = TimeSpan.FromMinutes(5) };
        var old = Create(options);
        await old.AppendAsync(new PublishRequest { Data = [1], IdempotencyKey = "k", Version = 3, VersionEpoch = "v" });
        var top = await old.AppendAsync(new PublishRequest { Data = [2] });
        _time.Advance(TimeSpan.FromMinutes(1));

        var next = Create(options);
        ((IHandedOverStream)next).TakeOver(((IHandedOverStream)old).HandOver(1_000_000)!);

        Assert.Equal(top, await next.GetTopAsync());
        Assert.Equal([1, 2], (await next.ReadAfterAsync(0, -1)).Publications.Select(publication => publication.Data[0]));
        Assert.Equal(top with { Offset = 1 }, await next.AppendAsync(new PublishRequest { Data = [9], IdempotencyKey = "k" }));
        Assert.Equal(top, await next.AppendAsync(new PublishRequest { Data = [9], Version = 3, VersionEpoch = "v" }));
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromMinutes(4), next.Trim());
        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(top with { Offset = 3 }, await next.AppendAsync(new PublishRequest { Data = [3], IdempotencyKey = "k" }));
    }

    [Fact]
    public async Task HandOver_OfMoreThanAllowed_LeavesTheOldestBehind()
    {
        var options = new ChannelOptions { HistorySize = 10, HistoryTtl = TimeSpan.FromMinutes(5) };
        var old = Create(options);
        for (var i = 0; i < 5; i++)
        {
            await old.AppendAsync(new PublishRequest { Data = new byte[1000] });
        }

        var state = ((IHandedOverStream)old).HandOver(2500)!;

        Assert.Equal([4UL, 5UL], state.Publications.Select(publication => publication.Offset));
        Assert.Equal(5UL, state.Top.Offset);
    }

    [Fact]
    public async Task Options_Changed_CountForWhatIsKeptAlready()
    {
        var options = new ChannelOptions { HistorySize = 10, HistoryTtl = TimeSpan.FromMinutes(5) };
        var stream = Create(options);
        for (byte i = 1; i <= 8; i++)
        {
            await stream.AppendAsync(new PublishRequest { Data = [i] });
        }

        options.HistorySize = 3;
        options.HistoryTtl = TimeSpan.FromMinutes(2);
        Assert.Equal([6UL, 7, 8], (await stream.ReadAfterAsync(0, -1)).Publications.Select(publication => publication.Offset));
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromMinutes(2), stream.Trim());

        options.HistorySize = 12;
        for (byte i = 9; i <= 30; i++)
        {
            await stream.AppendAsync(new PublishRequest { Data = [i] });
        }

        Assert.Equal(Enumerable.Range(19, 12).Select(i => (ulong)i), (await stream.ReadAfterAsync(0, -1)).Publications.Select(publication => publication.Offset));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty((await stream.ReadAfterAsync(0, -1)).Publications);
        Assert.Equal(30UL, (await stream.GetTopAsync()).Offset);
    }

    [Fact]
    public void HandOver_OfNothing_IsNothing() =>
        Assert.Null(((IHandedOverStream)Create(new ChannelOptions())).HandOver(1_000_000));

    [Fact]
    public async Task Append_WithoutHistory_HasNoPosition()
    {
        var stream = Create(new ChannelOptions());

        Assert.Equal(StreamPosition.None, await Append(stream));
        Assert.Equal([0UL], _owner.Delivered);
        Assert.Empty((await stream.ReadAfterAsync(0, -1)).Publications);
        Assert.True((await stream.GetTopAsync()).IsNone);
    }

    [Fact]
    public async Task Append_SameKeyWithoutHistory_PublishesOnce()
    {
        var stream = Create(new ChannelOptions());

        await stream.AppendAsync(Request() with { IdempotencyKey = "k" });
        await stream.AppendAsync(Request() with { IdempotencyKey = "k" });

        Assert.Single(_owner.Delivered);
    }

    [Fact]
    public async Task Append_ManyGeneratedKeys_DoNotPushOutAGivenOne()
    {
        var stream = Create(WithHistory());
        var first = await stream.AppendAsync(Request() with { IdempotencyKey = "given" });

        for (var i = 0; i <= IdempotencyWindow.Capacity; i++)
        {
            await stream.AppendAsync(Request() with { IdempotencyKey = $"~{i}" });
        }

        Assert.Equal(first, await stream.AppendAsync(Request() with { IdempotencyKey = "given" }));
    }

    [Fact]
    public async Task Append_GeneratedKey_IsForgottenAfterTwoMinutes()
    {
        var stream = Create(WithHistory());
        var first = await stream.AppendAsync(Request() with { IdempotencyKey = "~1" });
        _time.Advance(IdempotencyWindow.GeneratedLifetime - TimeSpan.FromSeconds(1));
        Assert.Equal(first, await stream.AppendAsync(Request() with { IdempotencyKey = "~1" }));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(first.Offset + 1, (await stream.AppendAsync(Request() with { IdempotencyKey = "~1" })).Offset);
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

    private IChannelStream Create(ChannelOptions options) =>
        new MemoryHistoryStore(_time, new GrainMetrics(_services.GetRequiredService<IMeterFactory>()), _limits).Open("c", options, _owner);

    private static ChannelOptions WithHistory() => new() { HistorySize = 10, HistoryTtl = TimeSpan.FromMinutes(1) };

    private static PublishRequest Request() => new() { Data = [1] };

    private static ValueTask<StreamPosition> Append(IChannelStream stream) => stream.AppendAsync(Request());

    private sealed class RecordingOwner : IStreamOwner
    {
        public List<ulong> Delivered { get; } = [];

        public void Deliver(string epoch, Publication publication) => Delivered.Add(publication.Offset);

        public void LoseStream(string reason) => throw new InvalidOperationException(reason);
    }
}
