using System.Numerics;

namespace WsCluster.Samples.Game;

/// <summary>The rules: players glide, bump into each other and collect gems. The server is the only one who counts.</summary>
internal sealed class Arena(Random random)
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

    private readonly Dictionary<string, Player> _players = [];
    private readonly List<Gem> _gems = [];
    private int _lastGem;

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
        player.Wish = wish.LengthSquared() > 1 ? Vector2.Normalize(wish) : wish;
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
        while (_gems.Count < Gems)
        {
            _gems.Add(new Gem(++_lastGem, AnyPlace(40), random.Next(6) == 0 ? 5 : 1));
        }
    }

    /// <summary>All that a page needs to draw, as late joiners get it, too.</summary>
    public ArenaState Describe() => new(
        Tick,
        [.. _players.Values.Select(p => new PlayerState(p.Id, p.Name, Round(p.Position.X), Round(p.Position.Y), p.Score))],
        [.. _gems.Select(g => new[] { g.Id, Round(g.Position.X), Round(g.Position.Y), g.Value })]);

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
        margin + (random.NextSingle() * (Width - (2 * margin))), margin + (random.NextSingle() * (Height - (2 * margin))));

    private static int Round(float value) => (int)MathF.Round(value);

    private sealed record Gem(int Id, Vector2 Position, int Value);
}

/// <summary>What is published twenty times a second.</summary>
internal sealed record ArenaState(long Tick, PlayerState[] Players, int[][] Gems);

/// <summary>One player in it.</summary>
internal sealed record PlayerState(string Id, string Name, int X, int Y, int Score);
