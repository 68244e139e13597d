using System.Numerics;

namespace WsCluster.Samples.Rooms;

/// <summary>One player, as the arena has it.</summary>
public sealed class Player(string id, string name, Vector2 position)
{
    public string Id { get; } = id;

    public string Name { get; set; } = name;

    public Vector2 Position { get; set; } = position;

    public Vector2 Velocity { get; set; }

    /// <summary>Where the player wants to go: at most of length 1.</summary>
    public Vector2 Wish { get; set; }

    public int Score { get; set; }

    /// <summary>The tick of the last move: who sends none for long is gone.</summary>
    public long LastMove { get; set; }
}
