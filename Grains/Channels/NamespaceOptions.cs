using System.Reflection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;

namespace WsCluster.Grains.Channels;

/// <summary>
/// The channel options of this silo, following the configuration. A namespace has one object for as long as the silo runs: its
/// channels keep it, and a change is written into it, so that it reaches a channel wherever publications enter it. Whoever uses
/// an option reads it each time and by itself. What cannot change under a channel that is active stays as it was when the silo
/// started: where its history is, and its behavior, whose state is made of that history.
/// </summary>
internal sealed class NamespaceOptions : IDisposable
{
    private static readonly PropertyInfo[] All = [.. typeof(ChannelOptions).GetProperties().Where(property => property.CanWrite)];
    private static readonly string[] Fixed = [nameof(ChannelOptions.Durability), nameof(ChannelOptions.Behavior)];
    private static readonly string[] FixedWithBehavior = [.. Fixed, nameof(ChannelOptions.HistorySize), nameof(ChannelOptions.HistoryTtl)];

    private readonly ILogger<NamespaceOptions> _logger;
    private readonly IDisposable? _registration;
    private readonly Lock _sync = new();
    private volatile ChannelNamespaces _current; // replaced whole, under _sync

    /// <summary>Begins with the options of the start.</summary>
    /// <param name="start">The options with which the silo started.</param>
    /// <param name="changes">What they are now, and later.</param>
    /// <param name="logger">Hears what needs a restart.</param>
    public NamespaceOptions(IOptions<ChannelNamespaces> start, IOptionsMonitor<ChannelNamespaces> changes, ILogger<NamespaceOptions> logger)
    {
        _logger = logger;
        _current = new ChannelNamespaces
        {
            WithoutNamespace = Copy(start.Value.WithoutNamespace),
            Namespaces = start.Value.Namespaces.ToDictionary(entry => entry.Key, entry => Copy(entry.Value), StringComparer.Ordinal),
        };
        _registration = changes.OnChange(Follow);
        Follow(changes.CurrentValue); // it may have changed since the start
    }

    /// <summary>The options of a channel, which change under whoever keeps them; null when its namespace is not configured.</summary>
    public ChannelOptions? Find(string channel) => _current.Find(channel);

    public void Dispose() => _registration?.Dispose();

    private void Follow(ChannelNamespaces changed)
    {
        lock (_sync)
        {
            var next = new Dictionary<string, ChannelOptions>(StringComparer.Ordinal);
            foreach (var (name, options) in changed.Namespaces)
            {
                if (_current.Namespaces.TryGetValue(name, out var known))
                {
                    Follow(name, known, options);
                    next[name] = known;
                }
                else if (options.IsInRedis || options.Behavior)
                {
                    NamespaceLog.NeedsRestart(_logger, name, options.IsInRedis ? nameof(ChannelOptions.Durability) : nameof(ChannelOptions.Behavior));
                }
                else
                {
                    next[name] = Copy(options);
                }
            }

            Follow("", _current.WithoutNamespace, changed.WithoutNamespace);
            _current = new ChannelNamespaces { WithoutNamespace = _current.WithoutNamespace, Namespaces = next };
        }
    }

    private void Follow(string name, ChannelOptions known, ChannelOptions changed)
    {
        var keeps = known.Behavior ? FixedWithBehavior : Fixed;
        foreach (var property in All)
        {
            var (before, after) = (property.GetValue(known), property.GetValue(changed));
            if (!keeps.Contains(property.Name))
            {
                property.SetValue(known, after);
            }
            else if (!Equals(before, after))
            {
                NamespaceLog.NeedsRestart(_logger, name, property.Name);
            }
        }
    }

    private static ChannelOptions Copy(ChannelOptions options)
    {
        var copy = new ChannelOptions();
        foreach (var property in All)
        {
            property.SetValue(copy, property.GetValue(options));
        }

        return copy;
    }
}
