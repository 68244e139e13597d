using Microsoft.Extensions.Options;

namespace WsCluster.Configuration;

/// <summary>An inbox is a channel with history whose subscribers recover one message after the other.</summary>
internal sealed class InboxRules(InboxOptions inbox) : IValidateOptions<ChannelNamespaces>
{
    public ValidateOptionsResult Validate(string? name, ChannelNamespaces options)
    {
        if (!inbox.Enabled)
        {
            return ValidateOptionsResult.Success;
        }

        var path = $"{ChannelNamespaces.SectionName}:{nameof(ChannelNamespaces.Namespaces)}:{inbox.Namespace}";
        if (!options.Namespaces.TryGetValue(inbox.Namespace, out var channels))
        {
            return ValidateOptionsResult.Fail($"{path} is missing: {InboxOptions.SectionName}:{nameof(InboxOptions.Namespace)} names it.");
        }

        return !channels.HasHistory
            ? ValidateOptionsResult.Fail($"{path} needs {nameof(ChannelOptions.HistorySize)} and {nameof(ChannelOptions.HistoryTtl)}: inboxes keep messages.")
            : channels.ForceRecoveryMode != RecoveryMode.Stream
                ? ValidateOptionsResult.Fail($"{path}:{nameof(ChannelOptions.ForceRecoveryMode)} must be {nameof(RecoveryMode.Stream)}: no message of an inbox may be left out.")
                : ValidateOptionsResult.Success;
    }
}
