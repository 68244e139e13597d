using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Grains.Users.Code;

namespace WsCluster.Grains.Users;

/// <summary>Who is to be told of unread messages must be there.</summary>
internal sealed class UnreadRules(InboxOptions inbox, IEnumerable<UserBehaviorRegistration> registrations) : IValidateOptions<ChannelNamespaces>
{
    public ValidateOptionsResult Validate(string? name, ChannelNamespaces options)
    {
        const string key = $"{InboxOptions.SectionName}:{nameof(InboxOptions.UnreadAfter)}";
        return inbox.UnreadAfter == TimeSpan.Zero ? ValidateOptionsResult.Success
            : !inbox.Enabled ? ValidateOptionsResult.Fail($"{key} needs {InboxOptions.SectionName}:{nameof(InboxOptions.Enabled)}.")
            : !registrations.Any() ? ValidateOptionsResult.Fail($"{key} is set, but the silo has no user behavior to ask: register one with AddUserBehavior.")
            : ValidateOptionsResult.Success;
    }
}
