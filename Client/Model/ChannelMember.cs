namespace WsCluster.Client;

/// <summary>Who joined or left a channel.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Info">The connection.</param>
public sealed record ChannelMember(string Channel, ClientInfo Info);
