using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace WsCluster.Configuration;

/// <summary>Registers the inbox options, in silos and gateways alike.</summary>
public static class InboxRegistration
{
    /// <summary>Reads <see cref="InboxOptions"/> and checks them, once for a process that is silo and gateway.</summary>
    /// <exception cref="OptionsValidationException">Something is wrong with them; each failure is a sentence.</exception>
    public static InboxOptions AddInbox(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = configuration.ReadChecked<InboxOptions>(InboxOptions.SectionName);
        if (!services.Any(service => service.ServiceType == typeof(InboxOptions)))
        {
            services.AddSingleton(options);
            services.AddSingleton<IValidateOptions<ChannelNamespaces>>(new InboxRules(options));
        }

        return options;
    }
}
