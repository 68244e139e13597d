using Microsoft.Extensions.Options;
using WsCluster.Configuration;

namespace WsCluster.Gateway.Hosting;

/// <summary>Personal channels need their namespace.</summary>
internal sealed class PersonalChannelRules(IOptionsMonitor<ChannelNamespaces> namespaces) : IValidateOptions<GatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, GatewayOptions options) =>
        options.PersonalChannels && options.PersonalChannelNamespace.Length > 0 && !namespaces.CurrentValue.Namespaces.ContainsKey(options.PersonalChannelNamespace)
            ? ValidateOptionsResult.Fail(
                $"{GatewayOptions.SectionName}:{nameof(options.PersonalChannelNamespace)} is '{options.PersonalChannelNamespace}', but must be one of {ChannelNamespaces.SectionName}:{nameof(ChannelNamespaces.Namespaces)}.")
            : ValidateOptionsResult.Success;
}
