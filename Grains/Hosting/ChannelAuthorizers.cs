using Microsoft.Extensions.DependencyInjection;

namespace WsCluster.Grains.Hosting;

/// <summary>Registers application code that decides about channels.</summary>
public static class ChannelAuthorizers
{
    /// <summary>
    /// Lets <typeparamref name="TAuthorizer"/> decide about the channels of namespaces whose <c>SubscribeDecision</c> or
    /// <c>PublishDecision</c> is <c>Authorizer</c>. One instance serves the silo; a later registration replaces an earlier one.
    /// </summary>
    public static IServiceCollection AddChannelAuthorizer<TAuthorizer>(this IServiceCollection services)
        where TAuthorizer : class, IChannelAuthorizer => services.AddSingleton<IChannelAuthorizer, TAuthorizer>();
}
