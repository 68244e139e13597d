using WsCluster.Behaviors;

namespace WsCluster.Grains.Users.Code;

/// <summary>The behavior that users have; the last registration counts.</summary>
/// <param name="Create">Makes the instance of one user.</param>
internal sealed record UserBehaviorRegistration(Func<IServiceProvider, UserBehavior> Create);
