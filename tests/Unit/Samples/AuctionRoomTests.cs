using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Behaviors.Testing;
using WsCluster.Samples.Rooms;

namespace WsCluster.Tests.Unit.Samples;

/// <summary>The rules of the sample's auction, with the test kit that applications have, too.</summary>
public sealed class AuctionRoomTests : IAsyncDisposable
{
    private static readonly AuctionOptions Times = new();

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddDays(1));
    private readonly BehaviorTestChannel _channel;

    public AuctionRoomTests() => _channel = new BehaviorTestChannel(() => new AuctionRoom(Options.Create(Times)), "auction:1", _time);

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    [Fact]
    public async Task FirstToCome_OpensTheFirstLot()
    {
        Assert.Equal(0, (await StateAsync()).Lot);

        await _channel.JoinAsync("anna");

        var state = await StateAsync();
        Assert.Equal((1, true, Lots.StartOf(1), Lots.StartOf(1)), (state.Lot, state.IsOpen, state.Price, state.Least));
        Assert.Equal(Now + (long)Times.Length.TotalMilliseconds, state.ClosesAt);
    }

    [Fact]
    public async Task Bid_HighEnough_LeadsAndIsPublishedWithItsBidder()
    {
        await _channel.JoinAsync("anna");
        var least = (await StateAsync()).Least;

        Assert.Null(await BidAsync("anna", least));
        Assert.Null(await BidAsync("bert", least + 100));

        var state = await StateAsync();
        Assert.Equal(["bert", "anna"], state.Bids.Select(bid => bid.User));
        Assert.Equal((least + 100, least + 100 + Lots.StepFrom(least + 100)), (state.Price, state.Least));
        Assert.Equal("bert", _channel.Publications[^1].Info!.User);
    }

    [Theory]
    [InlineData("anna", 1, AuctionRoom.TooLow)]
    [InlineData("bert", 500, AuctionRoom.LeadsAlready)]
    [InlineData("anna", 0, AuctionRoom.NoBid)]
    [InlineData("anna", -5, AuctionRoom.NoBid)]
    [InlineData("anna", int.MaxValue, AuctionRoom.NoBid)]
    [InlineData("anna", "many", AuctionRoom.NoBid)]
    [InlineData("anna", null, AuctionRoom.NoBid)]
    public async Task Bid_AgainstTheRules_HasItsCodeAndChangesNothing(string user, object? amount, int code)
    {
        await _channel.JoinAsync("bert");
        await BidAsync("bert", 400);
        var before = JsonSerializer.Serialize(await StateAsync());

        var answer = await _channel.CallAsync(user, "bid", new { amount });

        Assert.Equal(code, answer.Denial!.Code);
        Assert.Equal(before, JsonSerializer.Serialize(await StateAsync()));
    }

    [Fact]
    public async Task Bid_Late_PutsTheClosingOff()
    {
        await _channel.JoinAsync("anna");
        await PassAsync(Times.Length - TimeSpan.FromSeconds(1));

        Assert.Null(await BidAsync("anna", 100));
        Assert.Equal(Now + (long)Times.Answer.TotalMilliseconds, (await StateAsync()).ClosesAt);
        await PassAsync(TimeSpan.FromSeconds(5));
        Assert.True((await StateAsync()).IsOpen);
        await PassAsync(Times.Answer);

        var state = await StateAsync();
        Assert.False(state.IsOpen);
        Assert.Equal(new Sale(1, Lots.TitleOf(1), "somebody", 100), Assert.Single(state.Sales));
    }

    [Fact]
    public async Task Closed_RefusesBids_AndTheNextLotComes()
    {
        await _channel.JoinAsync("anna");
        await PassAsync(Times.Length);

        Assert.Equal(AuctionRoom.IsClosed, await BidAsync("anna", 500));
        Assert.Null((await StateAsync()).Sales[0].Buyer);
        await PassAsync(Times.Pause);
        Assert.Equal((2, true), await LotAsync());
    }

    [Fact]
    public async Task Closed_NobodyThere_WaitsForSomebody()
    {
        await _channel.JoinAsync("anna");
        await _channel.LeaveAsync("anna");
        await PassAsync(Times.Length);
        await PassAsync(Times.Pause);
        await PassAsync(TimeSpan.FromHours(1));
        Assert.Equal((1, false), await LotAsync());

        await _channel.JoinAsync("bert");

        Assert.Equal((2, true), await LotAsync());
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task AnotherActivation_GoesOn_AndClosesInTime(bool replay)
    {
        await _channel.JoinAsync("anna");
        await BidAsync("anna", 100);
        await PassAsync(TimeSpan.FromSeconds(20));

        await _channel.RestartAsync(replay);
        Assert.Equal(100, (await StateAsync()).Price);
        await PassAsync(Times.Length - TimeSpan.FromSeconds(21));
        Assert.Equal((1, true), await LotAsync());
        await PassAsync(TimeSpan.FromSeconds(1));

        Assert.Equal((1, false), await LotAsync());
    }

    [Fact]
    public async Task NoActivationWhenItShouldClose_ClosesWhenSomebodyLooks()
    {
        await _channel.JoinAsync("anna");
        await BidAsync("anna", 100);

        await _channel.CloseAsync();
        _time.Advance(TimeSpan.FromHours(1)); // no silo has the channel, so no timer runs

        await _channel.RestartAsync();
        var state = await StateAsync();
        Assert.False(state.IsOpen);
        Assert.Equal(100, Assert.Single(state.Sales).Price);
        Assert.Equal(AuctionRoom.IsClosed, await BidAsync("bert", 500));
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task PassAsync(TimeSpan span)
    {
        _time.Advance(span);
        await _channel.IdleAsync();
    }

    private async Task<(int Lot, bool IsOpen)> LotAsync()
    {
        var state = await StateAsync();
        return (state.Lot, state.IsOpen);
    }

    /// <summary>What a page starts from.</summary>
    private async Task<AuctionState> StateAsync()
    {
        var data = (await _channel.SubscribeAsync("looker")).Options!.Data!;
        return JsonSerializer.Deserialize<JsonElement>(data).GetProperty("state").Deserialize<AuctionState>(JsonSerializerOptions.Web)!;
    }

    /// <summary>The code of the refusal; null when the bid was taken.</summary>
    private async Task<int?> BidAsync(string user, int amount) => (await _channel.CallAsync(user, "bid", new { amount })).Denial?.Code;
}
