using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace WsCluster.Configuration;

/// <summary>Registers the channel options, in silos and gateways alike.</summary>
public static class ChannelNamespacesRegistration
{
    /// <summary>
    /// Binds <see cref="ChannelNamespaces"/> and checks it: unknown keys and unreadable values now, rules at start. A
    /// process that is silo and gateway asks twice; bound twice, its lists would hold everything twice.
    /// </summary>
    /// <exception cref="OptionsValidationException">The section has keys that nothing reads, or values of the wrong type.</exception>
    public static IServiceCollection AddChannelNamespaces(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (services.Any(service => service.ImplementationType == typeof(ChannelNamespacesValidator)))
        {
            return services;
        }

        configuration.ThrowIfUnreadable(ChannelNamespaces.SectionName, typeof(ChannelNamespaces));
        services.AddOptions<ChannelNamespaces>().Bind(configuration.GetSection(ChannelNamespaces.SectionName)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ChannelNamespaces>, ChannelNamespacesValidator>());
        return services;
    }
}
