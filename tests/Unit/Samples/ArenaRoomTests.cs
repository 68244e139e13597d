using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Behaviors.Testing;
using WsCluster.Samples.Rooms;

namespace WsCluster.Tests.Unit.Samples;

/// <summary>The game's arena as a behavior: who moves, what counts, and what an arena that moves takes along.</summary>
public sealed class ArenaRoomTests : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1.0 / Arena.TicksPerSecond);

    private readonly FakeTimeProvider _time = new();
    private readonly BehaviorTestChannel _channel;

    public ArenaRoomTests() => _channel = new BehaviorTestChannel(() => new ArenaRoom(), "game:arena", _time);

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    [Fact]
    public async Task FirstToCome_GetsAnArenaWithGems_AndTimeStandsStill()
    {
        Assert.Equal((0, 14, 0), Describe(await StateAsync()));

        await PassAsync(10);

        Assert.Empty(_channel.Publications);
    }

    [Fact]
    public async Task Move_MakesThePlayerGo()
    {
        await MoveAsync("anna", 1, 0);
        await PassAsync(1);
        var start = Assert.Single(Newest().Players);
        await MoveAsync("anna", start.X < Arena.Width / 2 ? 1 : -1, 0);
        await PassAsync(10);

        var moved = Assert.Single(Newest().Players);
        Assert.Equal("anna", moved.Id);
        Assert.True(Math.Abs(moved.X - start.X) > 50, $"from {start.X} to {moved.X}");
        Assert.Equal(11, Newest().Tick);
    }

    [Theory]
    [InlineData("""{"x":5,"y":0}""")]
    [InlineData("""{"x":-0.9,"y":0.9}""")]
    [InlineData("""{"x":"far","y":0}""")]
    [InlineData("""{"x":1e999,"y":0}""")]
    [InlineData("null")]
    [InlineData("[1,0]")]
    public async Task Move_ThatIsNone_IsRefused(string data)
    {
        var answer = await _channel.CallAsync("anna", "move", JsonSerializer.Deserialize<JsonElement>(data));

        Assert.Equal(400, answer.Denial!.Code);
        Assert.Empty((await StateAsync()).Players);
    }

    [Fact]
    public async Task PlayerWhoLeft_IsGone_AndTheClockStops()
    {
        await MoveAsync("anna", 0, 0);
        await PassAsync(2);
        await _channel.LeaveAsync("anna");
        await PassAsync(1);
        var published = _channel.Publications.Count;

        await PassAsync(20);

        Assert.Empty(Newest().Players);
        Assert.Equal(published, _channel.Publications.Count);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task ArenaThatMoves_GoesOnWhereItWas(bool replay)
    {
        await MoveAsync("anna", 1, 0);
        await PassAsync(5);
        var before = Newest();

        await _channel.RestartAsync(replay);

        Assert.Equal(JsonSerializer.Serialize(before), JsonSerializer.Serialize(await StateAsync()));
        await PassAsync(1);
        Assert.Equal(before.Tick + 1, Newest().Tick);
    }

    private static (int Players, int Gems, long Tick) Describe(ArenaState state) => (state.Players.Length, state.Gems.Length, state.Tick);

    private async Task MoveAsync(string user, double x, double y) => Assert.Null((await _channel.CallAsync(user, "move", new { x, y })).Denial);

    private async Task PassAsync(int ticks)
    {
        for (var i = 0; i < ticks; i++)
        {
            _time.Advance(Tick);
            await _channel.IdleAsync();
        }
    }

    /// <summary>What a late joiner gets.</summary>
    private async Task<ArenaState> StateAsync() =>
        JsonSerializer.Deserialize<ArenaState>((await _channel.SubscribeAsync("looker")).Options!.Data!, JsonSerializerOptions.Web)!;

    private ArenaState Newest() => JsonSerializer.Deserialize<ArenaState>(_channel.Publications[^1].Data, JsonSerializerOptions.Web)!;
}
