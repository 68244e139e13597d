using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Grains.Behaviors;
using WsCluster.Grains.Users.Code;
using WsCluster.Routing;

namespace WsCluster.Grains.Users;

/// <summary>What a user has beyond its sessions: the application's behavior and an inbox, each only where the silo is told so.</summary>
internal sealed class UserFeatures(
    IEnumerable<UserBehaviorRegistration> registrations,
    IServiceProvider services,
    IUserStore store,
    InboxOptions inbox,
    IOptions<BehaviorOptions> limits,
    ChannelReferences channels,
    TimeProvider time,
    GrainMetrics metrics,
    ILogger<BehavingUser> logger)
{
    private readonly UserBehaviorRegistration? _registration = registrations.LastOrDefault();
    private readonly BehaviorContext _context = new(limits.Value, time, metrics, logger);

    /// <summary>For one activation of a user; null for what the user does not have.</summary>
    /// <param name="user">The user.</param>
    /// <param name="sessions">The live connections.</param>
    /// <param name="execute">Does something to them.</param>
    /// <param name="reminder">The user's reminder.</param>
    public (BehavingUser? Behavior, UserInbox? Inbox) Open(
        string user, Func<IReadOnlyList<UserSession>> sessions, Action<UserCommand> execute, IUnreadReminder reminder)
    {
        var memory = new UserMemory(user, store);
        var behavior = _registration is { } registration
            ? new BehavingUser(user, () => registration.Create(services), memory, sessions, execute, _context)
            : null;
        return (behavior, inbox.ChannelOf(user) is { } channel ? new UserInbox(inbox, memory, ReadAfter(channel), reminder, time) : null);
    }

    private Func<ulong, int, Task<HistoryPage>> ReadAfter(string channel) =>
        (offset, limit) => channels.For(channel).RecoverAsync(new RecoveryQuery { AfterOffset = offset, Limit = limit });
}
