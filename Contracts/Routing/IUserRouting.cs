using Orleans.Concurrency;

namespace WsCluster.Routing;

/// <summary>What gateways ask of a user. The same grain as <see cref="IUserGrain"/>, not for applications.</summary>
[Alias("WsCluster.IUserRouting")]
public interface IUserRouting : IGrainWithStringKey
{
    /// <summary>Registers a new connection, unless the user has as many as allowed (<c>WsCluster:Users:MaxConnections</c>).</summary>
    [Alias("Connect")]
    Task<SessionAdmission> ConnectAsync(UserSession session, GatewayLane lane);

    /// <summary>Removes a connection. An unknown one is ignored.</summary>
    [Alias("Disconnect")]
    Task DisconnectAsync(string client, string gatewayId);

    /// <summary>Tells the user, after its silo was lost, of all connections that the gateway holds. Never refused.</summary>
    [Alias("Restore")]
    Task<SessionAdmission> RestoreAsync(IReadOnlyList<UserSession> sessions, GatewayLane lane);

    /// <summary>The silo's outbox lost the gateway: its sessions end. Called inside the silo.</summary>
    [Alias("GatewayLost")]
    Task GatewayLostAsync(string gatewayId, long incarnation);

    /// <summary>
    /// The user's inbox is about to get a message: from when this returns, the user's behavior is asked about it when it stays unread,
    /// whatever happens to silos. May overlap any other call, for the user may be reading the inbox.
    /// </summary>
    [Alias("ExpectUnread"), AlwaysInterleave]
    Task ExpectUnreadAsync();
}

/// <summary>The answer to a new connection of a user.</summary>
/// <param name="Admitted">False when the user has as many connections as allowed.</param>
/// <param name="SiloId">The silo that hosts the user now.</param>
[GenerateSerializer, Immutable, Alias("WsCluster.SessionAdmission")]
public readonly record struct SessionAdmission([property: Id(0)] bool Admitted, [property: Id(1)] string SiloId)
{
    /// <summary>What the user's behavior decided; null without one.</summary>
    [Id(2)] public ConnectDecision? Decision { get; init; }

    /// <summary>The user's inbox; null without one.</summary>
    [Id(3)] public InboxState? Inbox { get; init; }
}
