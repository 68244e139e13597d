using System.Numerics;

namespace WsCluster.Samples.Rooms;

/// <summary>The rules: players glide, bump into each other and collect gems. The server is the only one who counts.</summary>
public sealed class Arena
{
    public const int TicksPerSecond = 20;
    public const float Width = 1600;
    public const float Height = 1000;
    public const float PlayerRadius = 28;
    public const float GemRadius = 16;

    private const int Gems = 14;
    private const float Acceleration = 2200;
    private const float Drag = 4.5f;
    private const long IdleTicks = 20 * TicksPerSecond;

    private readonly Random _random;
    private readonly Dictionary<string, Player> _players = [];
    private readonly List<Gem> _gems = [];
    private int _lastGem;

    /// <summary>Goes on from how everything stood; a new state is an arena in which nothing has happened yet.</summary>
    public Arena(Random random, ArenaState state)
    {
        _random = random;
        Tick = state.Tick;
        foreach (var player in state.Players)
        {
            _players[player.Id] = new Player(player.Id, player.Name, new Vector2(player.X, player.Y)) { Score = player.Score, LastMove = Tick };
        }

        _gems.AddRange(state.Gems.Select(gem => new Gem(gem[0], new Vector2(gem[1], gem[2]), gem[3])));
        _lastGem = _gems.Count == 0 ? 0 : _gems.Max(gem => gem.Id);
        Fill();
    }

    public long Tick { get; private set; }

    public int Players => _players.Count;

    /// <summary>A player wants to go somewhere; whoever is new appears.</summary>
    public void Move(string id, string name, Vector2 wish)
    {
        if (!_players.TryGetValue(id, out var player))
        {
            _players[id] = player = new Player(id, name, AnyPlace(PlayerRadius));
        }

        player.Name = name;
        player.Wish = wish.LengthSquared() > 1 ? Vector2.Normalize(wish) : wish; // nobody is faster than the others
        player.LastMove = Tick;
    }

    public void Remove(string id) => _players.Remove(id);

    /// <summary>Lets one tick pass.</summary>
    public void Step()
    {
        Tick++;
        const float seconds = 1f / TicksPerSecond;
        foreach (var idle in _players.Values.Where(player => Tick - player.LastMove > IdleTicks).ToList())
        {
            Remove(idle.Id);
        }

        foreach (var player in _players.Values)
        {
            player.Velocity += ((player.Wish * Acceleration) - (player.Velocity * Drag)) * seconds;
            player.Position += player.Velocity * seconds;
            StayInside(player);
        }

        Bump([.. _players.Values]);
        Collect();
        Fill();
    }

    /// <summary>All that a page needs to draw, and that another arena needs to go on.</summary>
    public ArenaState Describe() => new()
    {
        Tick = Tick,
        Players = [.. _players.Values.Select(p => new PlayerState(p.Id, p.Name, Round(p.Position.X), Round(p.Position.Y), p.Score))],
        Gems = [.. _gems.Select(g => new[] { g.Id, Round(g.Position.X), Round(g.Position.Y), g.Value })],
    };

    private void Fill()
    {
        while (_gems.Count < Gems)
        {
            _gems.Add(new Gem(++_lastGem, AnyPlace(40), _random.Next(6) == 0 ? 5 : 1));
        }
    }

    private static void StayInside(Player player)
    {
        var inside = Vector2.Clamp(player.Position, new Vector2(PlayerRadius), new Vector2(Width - PlayerRadius, Height - PlayerRadius));
        var bounce = player.Velocity;
        bounce.X *= inside.X == player.Position.X ? 1 : -0.6f;
        bounce.Y *= inside.Y == player.Position.Y ? 1 : -0.6f;
        (player.Position, player.Velocity) = (inside, bounce);
    }

    private static void Bump(Player[] players)
    {
        for (var i = 0; i < players.Length; i++)
        {
            for (var j = i + 1; j < players.Length; j++)
            {
                var (one, other) = (players[i], players[j]);
                var between = other.Position - one.Position;
                var overlap = (2 * PlayerRadius) - between.Length();
                if (overlap > 0)
                {
                    var normal = between.LengthSquared() > 0.01f ? Vector2.Normalize(between) : Vector2.UnitX;
                    one.Position -= normal * (overlap / 2);
                    other.Position += normal * (overlap / 2);
                    var closing = Vector2.Dot(one.Velocity - other.Velocity, normal);
                    one.Velocity -= normal * Math.Max(closing, 60);
                    other.Velocity += normal * Math.Max(closing, 60);
                    StayInside(one);
                    StayInside(other);
                }
            }
        }
    }

    private void Collect()
    {
        foreach (var player in _players.Values)
        {
            player.Score += _gems.Where(gem => Touches(player, gem)).Sum(gem => gem.Value);
            _gems.RemoveAll(gem => Touches(player, gem));
        }

        static bool Touches(Player player, Gem gem) => Vector2.Distance(player.Position, gem.Position) < PlayerRadius + GemRadius;
    }

    private Vector2 AnyPlace(float margin) => new(
        margin + (_random.NextSingle() * (Width - (2 * margin))), margin + (_random.NextSingle() * (Height - (2 * margin))));

    private static int Round(float value) => (int)MathF.Round(value);

    private sealed record Gem(int Id, Vector2 Position, int Value);
}

/// <summary>How everything stands: what is published twenty times a second, and the state of the channel.</summary>
public sealed record ArenaState
{
    public long Tick { get; init; }

    public PlayerState[] Players { get; init; } = [];

    /// <summary>Each is its number, x, y and value.</summary>
    public int[][] Gems { get; init; } = [];
}

/// <summary>One player in it.</summary>
public sealed record PlayerState(string Id, string Name, int X, int Y, int Score);
