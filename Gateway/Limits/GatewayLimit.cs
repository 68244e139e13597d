namespace WsCluster.Gateway.Limits;

/// <summary>The names under which it is counted that a connection, or something else of the gateway, reached a limit (<c>wscluster.gateway.limit.hits</c>).</summary>
internal static class GatewayLimit
{
    /// <summary>Its commands come too fast.</summary>
    public const string Commands = "commands";

    /// <summary>Its bytes come too fast.</summary>
    public const string Bytes = "bytes";

    /// <summary>It reads history too fast.</summary>
    public const string History = "history";

    /// <summary>A message had too many commands.</summary>
    public const string MessageCommands = "message_commands";

    /// <summary>A command nested too deep.</summary>
    public const string JsonDepth = "json_depth";

    /// <summary>It has as many subscriptions as it may.</summary>
    public const string Channels = "channels";

    /// <summary>It named a channel by too long a name.</summary>
    public const string ChannelLength = "channel_length";

    /// <summary>It sends commands and does not read the replies.</summary>
    public const string Replies = "replies";

    /// <summary>Too many tries to sign in to the console.</summary>
    public const string SignIns = "sign_ins";

    /// <summary>More channels than whose silos are remembered.</summary>
    public const string Places = "places";

    /// <summary>A channel came by more relays than are followed.</summary>
    public const string Relays = "relays";
}
