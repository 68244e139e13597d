using Microsoft.Extensions.Options;
using WsCluster.Configuration;

namespace WsCluster.Grains.Behaviors;

/// <summary>Namespaces that say <c>Behavior</c> and registered behaviors belong together, and a state needs history to be made of.</summary>
internal sealed class BehaviorRules(IEnumerable<BehaviorRegistration> registrations) : IValidateOptions<ChannelNamespaces>
{
    public ValidateOptionsResult Validate(string? name, ChannelNamespaces options)
    {
        var registered = registrations.GroupBy(one => one.Namespace, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);
        var problems = new List<string>();
        if (options.WithoutNamespace.Behavior)
        {
            problems.Add($"{ChannelNamespaces.SectionName}:{nameof(ChannelNamespaces.WithoutNamespace)}:{nameof(ChannelOptions.Behavior)} must be false: a behavior belongs to a namespace.");
        }

        foreach (var (key, channels) in options.Namespaces)
        {
            var path = $"{ChannelNamespaces.SectionName}:{nameof(ChannelNamespaces.Namespaces)}:{key}";
            if (registered.Remove(key, out var behavior) != channels.Behavior)
            {
                problems.Add(channels.Behavior
                    ? $"{path}:{nameof(ChannelOptions.Behavior)} is true, but the silo has none for it: register one with AddChannelBehavior."
                    : $"{path}:{nameof(ChannelOptions.Behavior)} must be true: a behavior is registered for it, and gateways must know.");
            }
            else if (behavior is { HasState: true } && !channels.HasHistory)
            {
                problems.Add($"{path} needs {nameof(ChannelOptions.HistorySize)} and {nameof(ChannelOptions.HistoryTtl)}: the state of its behavior is made of its history.");
            }
        }

        problems.AddRange(registered.Keys.Select(key => $"A behavior is registered for the namespace {key}, which {ChannelNamespaces.SectionName}:{nameof(ChannelNamespaces.Namespaces)} does not have."));
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
