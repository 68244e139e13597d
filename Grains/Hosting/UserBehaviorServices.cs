using Microsoft.Extensions.DependencyInjection;
using WsCluster.Behaviors;
using WsCluster.Grains.Users.Code;

namespace WsCluster.Grains.Hosting;

/// <summary>Registers application code that lives in users (docs/behaviors.md).</summary>
public static class UserBehaviorServices
{
    /// <summary>
    /// Gives each user a <typeparamref name="TBehavior"/> of its own, made with the silo's services. Register it in every silo. A later
    /// registration replaces an earlier one.
    /// </summary>
    public static IServiceCollection AddUserBehavior<TBehavior>(this IServiceCollection services)
        where TBehavior : UserBehavior
    {
        var create = ActivatorUtilities.CreateFactory<TBehavior>([]);
        return services.AddSingleton(new UserBehaviorRegistration(provider => create(provider, [])));
    }
}
