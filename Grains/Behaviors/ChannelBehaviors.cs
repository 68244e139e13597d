using Microsoft.Extensions.DependencyInjection;
using WsCluster.Behaviors;

namespace WsCluster.Grains.Behaviors;

/// <summary>The behavior that is registered for a namespace.</summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="HasState">True when it needs history.</param>
/// <param name="Create">Makes the instance for one activation.</param>
internal sealed record BehaviorRegistration(string Namespace, bool HasState, Func<IServiceProvider, ChannelBehavior> Create);

/// <summary>The silo's behaviors, by namespace; the last registration of a namespace counts.</summary>
internal sealed class ChannelBehaviors(IEnumerable<BehaviorRegistration> registrations, IServiceProvider services)
{
    private readonly Dictionary<string, BehaviorRegistration> _byNamespace =
        registrations.GroupBy(one => one.Namespace, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);

    /// <summary>The namespaces that have one.</summary>
    public IEnumerable<BehaviorRegistration> Registrations => _byNamespace.Values;

    /// <summary>A new instance for a channel of the namespace.</summary>
    /// <exception cref="InvalidOperationException">None is registered: the configuration was checked at the start.</exception>
    public ChannelBehavior Create(ReadOnlySpan<char> channelNamespace) =>
        _byNamespace.TryGetValue(channelNamespace.ToString(), out var registration)
            ? registration.Create(services)
            : throw new InvalidOperationException($"No behavior is registered for the namespace {channelNamespace}.");
}
