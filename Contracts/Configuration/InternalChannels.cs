namespace WsCluster.Configuration;

/// <summary>
/// Channels of the cluster's own. Their namespaces cannot be configured, since they begin with a character that no namespace's name
/// may have: clients and the HTTP API get error 102 for them.
/// </summary>
internal static class InternalChannels
{
    /// <summary>The options of such a channel; null for any other.</summary>
    public static ChannelOptions? Find(string channel) =>
        CanaryChannel.Is(channel) ? CanaryChannel.Options : channel == ConsoleChannel.Name ? ConsoleChannel.Options : null;
}
