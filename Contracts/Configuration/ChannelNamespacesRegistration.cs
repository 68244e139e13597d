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
        services.AddSingleton<IValidateOptions<ChannelNamespaces>>(new UnknownKeysValidator(configuration));
        services.TryAddSingleton<IOptionsMonitor<ChannelNamespaces>, LastGoodOptions<ChannelNamespaces>>();
        return services;
    }

    /// <summary>Finds the unknown keys of a reload; those of the start have been found before.</summary>
    private sealed class UnknownKeysValidator(IConfiguration configuration) : IValidateOptions<ChannelNamespaces>
    {
        public ValidateOptionsResult Validate(string? name, ChannelNamespaces options)
        {
            var problems = UnknownKeys.Find(configuration, ChannelNamespaces.SectionName, typeof(ChannelNamespaces));
            return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
        }
    }
}
