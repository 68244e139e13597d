namespace WsCluster.Configuration;

/// <summary>The channel of the console's figures, one publication a second while somebody looks. Only consoles are subscribed to it.</summary>
internal static class ConsoleChannel
{
    /// <summary>Its name.</summary>
    public const string Name = "!console:figures";

    /// <summary>Figures that are kept, so that a console that is just opened has something to draw.</summary>
    public const int Kept = 120;

    /// <summary>Its options.</summary>
    public static ChannelOptions Options { get; } = new()
    {
        HistorySize = Kept,
        HistoryTtl = TimeSpan.FromSeconds(Kept),
        Durability = ChannelDurability.Memory,
        ForcePositioning = true,
    };
}
