namespace WsCluster.Samples.Game;

/// <summary>Where the game server plays, bound from <c>Game</c>.</summary>
internal sealed class GameOptions
{
    public const string SectionName = "Game";

    /// <summary>The gateway from which the server gets the players' moves.</summary>
    public Uri Endpoint { get; set; } = new("ws://localhost:8000/connection/websocket");
}
