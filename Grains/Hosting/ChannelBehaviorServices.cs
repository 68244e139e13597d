using Microsoft.Extensions.DependencyInjection;
using WsCluster.Behaviors;
using WsCluster.Grains.Behaviors;

namespace WsCluster.Grains.Hosting;

/// <summary>Registers application code that lives in channels (docs/behaviors.md).</summary>
public static class ChannelBehaviorServices
{
    /// <summary>
    /// Gives each channel of a namespace a <typeparamref name="TBehavior"/> of its own, made with the silo's services. The namespace
    /// must have <c>Behavior</c> on, in the configuration that silos and gateways share. A later registration for the same namespace
    /// replaces an earlier one.
    /// </summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="channelNamespace">The namespace, as in <c>WsCluster:Channels:Namespaces</c>.</param>
    public static IServiceCollection AddChannelBehavior<TBehavior>(this IServiceCollection services, string channelNamespace)
        where TBehavior : ChannelBehavior
    {
        ArgumentException.ThrowIfNullOrEmpty(channelNamespace);
        var create = ActivatorUtilities.CreateFactory<TBehavior>([]);
        return services.AddSingleton(new BehaviorRegistration(channelNamespace, IsStateful(typeof(TBehavior)), provider => create(provider, [])));
    }

    /// <summary>
    /// Makes the channels of a namespace hold a value: what <paramref name="reduce"/> makes of their publications. A subscriber gets the
    /// value as the data of its subscription, as JSON, and then the publications that follow, none lost or doubled between the two.
    /// </summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="channelNamespace">The namespace, as in <c>WsCluster:Channels:Namespaces</c>; it needs history, and <c>Behavior</c> on.</param>
    /// <param name="reduce">The value after a publication; must depend on its arguments alone.</param>
    public static IServiceCollection AddChannelReducer<TState>(
        this IServiceCollection services, string channelNamespace, Func<TState, Publication, TState> reduce)
        where TState : class, new()
    {
        ArgumentException.ThrowIfNullOrEmpty(channelNamespace);
        ArgumentNullException.ThrowIfNull(reduce);
        return services.AddSingleton(new BehaviorRegistration(channelNamespace, HasState: true, _ => new ReducerBehavior<TState>(reduce)));
    }

    private static bool IsStateful(Type? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ChannelBehavior<>))
            {
                return true;
            }
        }

        return false;
    }
}
