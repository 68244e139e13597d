using System.Text;
using System.Text.Json;
using WsCluster.Behaviors.Testing;

namespace WsCluster.Tests.Unit.Behaviors;

/// <summary>The reducers of docs/behaviors.md: counter, leaderboard, cursor map, order book.</summary>
public sealed class ReducerExampleTests
{
    [Fact]
    public async Task Counter()
    {
        await using var channel = BehaviorTestChannel.ForReducer<CounterState>((state, _) => new CounterState { Value = state.Value + 1 });
        await channel.PublishAsync("anna", new { });
        await channel.PublishAsync("bert", new { });

        Assert.Equal("""{"value":2}""", await StateAsync(channel));
    }

    [Fact]
    public async Task Leaderboard_KeepsTheBestOfEach()
    {
        await using var channel = BehaviorTestChannel.ForReducer<LeaderboardState>((state, publication) =>
        {
            var points = Read<Score>(publication).Points;
            var user = publication.Info!.User;
            state.Best[user] = Math.Max(points, state.Best.GetValueOrDefault(user));
            return state;
        });
        await channel.PublishAsync("anna", new Score { Points = 10 });
        await channel.PublishAsync("bert", new Score { Points = 30 });
        await channel.PublishAsync("anna", new Score { Points = 5 });

        Assert.Equal("""{"best":{"anna":10,"bert":30}}""", await StateAsync(channel));
    }

    [Fact]
    public async Task CursorMap_ForgetsWhoSaysSo()
    {
        await using var channel = BehaviorTestChannel.ForReducer<Cursors>((state, publication) =>
        {
            var cursor = Read<Cursor>(publication);
            if (cursor.Gone)
            {
                state.Places.Remove(publication.Info!.User);
            }
            else
            {
                state.Places[publication.Info!.User] = cursor;
            }

            return state;
        });
        await channel.PublishAsync("anna", new Cursor { X = 1, Y = 2 });
        await channel.PublishAsync("bert", new Cursor { X = 3, Y = 4 });
        await channel.PublishAsync("anna", new Cursor { Gone = true });

        Assert.Equal("""{"places":{"bert":{"x":3,"y":4,"gone":false}}}""", await StateAsync(channel));
    }

    [Fact]
    public async Task OrderBook_SurvivesAReplay()
    {
        await using var channel = BehaviorTestChannel.ForReducer<OrderBookState>((state, publication) =>
        {
            var order = Read<Order>(publication);
            var side = order.Buys ? state.Bids : state.Asks;
            var left = side.GetValueOrDefault(order.Price) + order.Amount;
            if (left > 0)
            {
                side[order.Price] = left;
            }
            else
            {
                side.Remove(order.Price);
            }

            return state;
        });
        await channel.PublishAsync("anna", new Order { Buys = true, Price = 99, Amount = 10 });
        await channel.PublishAsync("bert", new Order { Price = 101, Amount = 5 });
        await channel.PublishAsync("anna", new Order { Buys = true, Price = 98, Amount = 7 });
        await channel.PublishAsync("anna", new Order { Buys = true, Price = 99, Amount = -10 });
        await channel.RestartAsync();

        Assert.Equal("""{"bids":{"98":7},"asks":{"101":5}}""", await StateAsync(channel));
    }

    private static T Read<T>(Publication publication) => JsonSerializer.Deserialize<T>(publication.Data, JsonSerializerOptions.Web)!;

    private static async Task<string> StateAsync(BehaviorTestChannel channel) =>
        Encoding.UTF8.GetString((await channel.SubscribeAsync("late")).Options.Data!);

    private sealed class CounterState
    {
        public int Value { get; init; }
    }

    private sealed class LeaderboardState
    {
        public SortedDictionary<string, int> Best { get; init; } = [];
    }

    private sealed class Score
    {
        public int Points { get; init; }
    }

    private sealed class Cursors
    {
        public SortedDictionary<string, Cursor> Places { get; init; } = [];
    }

    private sealed class Cursor
    {
        public int X { get; init; }

        public int Y { get; init; }

        public bool Gone { get; init; }
    }

    private sealed class OrderBookState
    {
        public SortedDictionary<int, int> Bids { get; init; } = [];

        public SortedDictionary<int, int> Asks { get; init; } = [];
    }

    private sealed class Order
    {
        public bool Buys { get; init; }

        public int Price { get; init; }

        public int Amount { get; init; }
    }
}
