using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Behaviors;
using WsCluster.Behaviors.Testing;

namespace WsCluster.Tests.Unit.Behaviors;

/// <summary>What application code in a channel can do and what becomes of its failures, in memory.</summary>
public sealed class ChannelBehaviorTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly BehaviorTestChannel _channel;
    private AuctionRoom _room = null!;

    public ChannelBehaviorTests() => _channel = new BehaviorTestChannel(() => _room = new AuctionRoom(), "auction:1", _time);

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    [Fact]
    public async Task Publish_Accepted_HasItsPlaceAndIsInTheState()
    {
        var position = await _channel.PublishAsync("anna", new Bid { Amount = 10 });

        Assert.Equal(1UL, position.Offset);
        Assert.Equal("""{"price":10,"leader":"anna","bids":1,"isClosed":false}""", await StateAsync());
    }

    [Fact]
    public async Task Publish_Refused_TellsCodeAndReason()
    {
        await _channel.PublishAsync("anna", new Bid { Amount = 10 });

        var refusal = await Assert.ThrowsAsync<WsClusterException>(() => _channel.PublishAsync("bert", new Bid { Amount = 10 }));

        Assert.Equal((409, "too low"), (refusal.Denial!.Code, refusal.Denial.Reason));
        Assert.False(refusal.IsTemporary);
        Assert.Single(_channel.Publications);
    }

    [Fact]
    public async Task Publish_Replaced_KeepsThePublisher()
    {
        await _channel.PublishAsync("anna", new Bid { Amount = 17, Text = "round" });

        var publication = Assert.Single(_channel.Publications);
        Assert.Equal("""{"amount":10,"text":"round"}""", Encoding.UTF8.GetString(publication.Data));
        Assert.Equal("anna", publication.Info!.User);
    }

    [Fact]
    public async Task Publish_FromInside_ComesRightBehindWhatWasDecided()
    {
        await _channel.PublishAsync("anna", new Bid { Amount = 10, Text = "double" });

        Assert.Equal([10, 11], _channel.Publications.Select(p => JsonSerializer.Deserialize<Bid>(p.Data, JsonSerializerOptions.Web)!.Amount));
        Assert.Equal([1UL, 2UL], _channel.Publications.Select(p => p.Offset));
    }

    [Fact]
    public async Task Publish_RepeatedWithItsKey_IsNotDecidedAgain()
    {
        var first = await _channel.PublishAsync("anna", new Bid { Amount = 10 }, "key");
        await _channel.PublishAsync("bert", new Bid { Amount = 20 });

        Assert.Equal(first, await _channel.PublishAsync("anna", new Bid { Amount = 10 }, "key"));
        Assert.Equal(2, _channel.Publications.Count);
    }

    [Fact]
    public async Task Handler_Throws_FailsItsCallerAndNothingElse()
    {
        var failure = await Assert.ThrowsAsync<WsClusterException>(() => _channel.PublishAsync("anna", new Bid { Text = "throw" }));

        Assert.Equal((100, "internal server error"), (failure.Denial!.Code, failure.Message)); // no word of the exception
        Assert.False(failure.IsTemporary);
        Assert.Empty(_channel.Publications);
        Assert.Equal(1UL, (await _channel.PublishAsync("anna", new Bid { Amount = 1 })).Offset);
    }

    [Fact]
    public async Task Handler_Hangs_IsGivenUpInTimeAndTheNextInstanceGoesOn()
    {
        await _channel.PublishAsync("anna", new Bid { Amount = 5 });
        var hanging = _channel.PublishAsync("bert", new Bid { Amount = 6, Text = "hang" });
        var behind = _channel.PublishAsync("anna", new Bid { Amount = 7 });
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.True((await Assert.ThrowsAsync<WsClusterException>(() => hanging)).IsTemporary);
        Assert.True((await Assert.ThrowsAsync<WsClusterException>(() => behind)).IsTemporary);
        Assert.True(_channel.IsGivenUp);

        await _channel.RestartAsync();
        Assert.Equal(2UL, (await _channel.PublishAsync("anna", new Bid { Amount = 7 })).Offset);
    }

    [Fact]
    public async Task Handler_Floods_IsStopped()
    {
        await Assert.ThrowsAsync<WsClusterException>(() => _channel.PublishAsync("anna", new Bid { Amount = 5, Text = "flood" }));

        Assert.Empty(_channel.Publications);
    }

    [Fact]
    public async Task Subscribe_Refused_And_Admitted()
    {
        Assert.Equal(103, (await _channel.SubscribeAsync("banned")).Denial!.Code);
        Assert.Null((await _channel.SubscribeAsync("anna")).Denial);
    }

    [Fact]
    public async Task Call_KnownAndUnknown()
    {
        await _channel.PublishAsync("anna", new Bid { Amount = 5 });

        Assert.Equal("\"anna\"", Encoding.UTF8.GetString((await _channel.CallAsync("bert", "leader")).Data!));
        Assert.Equal(104, (await _channel.CallAsync("bert", "nothing")).Denial!.Code);
    }

    [Fact]
    public async Task JoinsAndLeaves_AreSeen()
    {
        await _channel.JoinAsync("anna");
        await _channel.JoinAsync("bert");
        await _channel.LeaveAsync("anna");

        Assert.Equal(1, _room.Joined);
    }

    [Fact]
    public async Task Timer_Fires_AndWhatItPublishesCounts()
    {
        await _channel.IdleAsync();
        _time.Advance(AuctionRoom.Length);
        await _channel.IdleAsync();

        Assert.Equal("closed", (await Assert.ThrowsAsync<WsClusterException>(() => _channel.PublishAsync("anna", new Bid { Amount = 1 }))).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task State_AfterARestart_IsTheSame(bool replay)
    {
        for (var amount = 1; amount <= 1200; amount++) // more than history keeps
        {
            if (replay && amount > 900)
            {
                break;
            }

            await _channel.PublishAsync("anna", new Bid { Amount = amount });
        }

        var before = await StateAsync();
        await _channel.RestartAsync(replay);

        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task Publish_DecidedAboutAfterTheActivationsEnd_IsLeftToTheNext()
    {
        var decided = new TaskCompletionSource();
        var channel = new BehaviorTestChannel(() => new Slow(decided.Task));
        var publishing = channel.PublishAsync("anna", 1);

        await channel.DisposeAsync();
        decided.SetResult();

        Assert.True((await Assert.ThrowsAsync<WsClusterException>(() => publishing)).IsTemporary);
        Assert.Empty(channel.Publications);
    }

    private async Task<string> StateAsync() => Encoding.UTF8.GetString((await _channel.SubscribeAsync("reader")).Options.Data!);

    private sealed class Slow(Task decided) : ChannelBehavior
    {
        protected internal override async ValueTask<PublishDecision> DecidePublishAsync(PublishRequest request, CancellationToken cancellationToken)
        {
            await decided;
            return PublishDecision.Allow;
        }
    }
}
