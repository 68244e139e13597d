namespace WsCluster.Configuration;

/// <summary>
/// The channels by which gateways check that deliveries reach them. Their namespace cannot be configured, since it begins with
/// a character that no namespace's name may have: clients and the HTTP API get error 102 for it. They keep no history and are
/// in no listing, which counts subscribers only.
/// </summary>
internal static class CanaryChannel
{
    /// <summary>What all of their names begin with.</summary>
    public const string Prefix = "!canary:";

    /// <summary>Their options: everything is off.</summary>
    public static ChannelOptions Options { get; } = new() { PublicationDataFormat = DataFormat.Binary };

    /// <summary>True for a canary's channel.</summary>
    public static bool Is(string channel) => channel.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The name of one of a gateway's canaries. Gateways, and lives of a gateway, share none.</summary>
    public static string Name(string gatewayId, long incarnation, int number) => $"{Prefix}{gatewayId}:{incarnation}:{number}";
}
