using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Gateway.Connections;

/// <summary>The way to a user's grain.</summary>
internal sealed class UserWay(string user, IGrainFactory grains, SiloEntrances entrances, GatewayOptions options, TimeProvider time)
    : ClusterWay(entrances, options, time)
{
    /// <inheritdoc cref="IUserRouting.ConnectAsync"/>
    /// <param name="session">The connection.</param>
    /// <param name="lane">Where the user's commands go.</param>
    /// <param name="late">Runs when the grain was told once more, late.</param>
    public async Task<SessionAdmission> ConnectAsync(UserSession session, GatewayLane lane, Action late)
    {
        var admission = await AskAsync(
            entrance => entrance is null ? Connections.ConnectAsync(session, lane) : entrance.ConnectUserAsync(user, session, lane),
            ISiloEntrance.ReadsAndUsers,
            late);
        Found(admission.SiloId);
        return admission;
    }

    /// <inheritdoc cref="IUserRouting.RestoreAsync"/>
    /// <param name="sessions">The gateway's connections of the user.</param>
    /// <param name="lane">Where the user's commands go.</param>
    /// <param name="late">Runs when the grain was told once more, late.</param>
    public async Task<SessionAdmission> RestoreAsync(IReadOnlyList<UserSession> sessions, GatewayLane lane, Action late)
    {
        var admission = await AskAsync(
            entrance => entrance is null ? Connections.RestoreAsync(sessions, lane) : entrance.RestoreUserAsync(user, sessions, lane),
            ISiloEntrance.ReadsAndUsers,
            late);
        Found(admission.SiloId);
        return admission;
    }

    /// <inheritdoc cref="IUserRouting.DisconnectAsync"/>
    public Task DisconnectAsync(string client, string gatewayId) => AskAsync(
        async entrance =>
        {
            await (entrance is null ? Connections.DisconnectAsync(client, gatewayId) : entrance.DisconnectUserAsync(user, client, gatewayId));
            return true;
        },
        ISiloEntrance.ReadsAndUsers);

    /// <inheritdoc cref="IUserGrain.GetInboxAsync"/>
    public Task<InboxState> GetInboxAsync() =>
        AskAsync(entrance => entrance is null ? Grain.GetInboxAsync() : entrance.GetInboxAsync(user), ISiloEntrance.ReadsAndUsers);

    /// <inheritdoc cref="IUserGrain.MarkInboxReadAsync"/>
    public Task<InboxState> MarkInboxReadAsync(ulong upTo) => AskAsync(
        entrance => entrance is null ? Grain.MarkInboxReadAsync(upTo) : entrance.MarkInboxReadAsync(user, upTo), ISiloEntrance.ReadsAndUsers);

    private IUserRouting Connections => grains.GetGrain<IUserRouting>(user);

    private IUserGrain Grain => grains.GetGrain<IUserGrain>(user);
}
