namespace WsCluster.Configuration;

/// <summary>
/// All channel options of the cluster, bound from <c>WsCluster:Channels</c>: the options of channels without a namespace
/// and those of each namespace.
/// </summary>
public sealed class ChannelNamespaces
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:Channels";

    /// <summary>Options of channels whose name has no namespace (no colon).</summary>
    public ChannelOptions WithoutNamespace { get; set; } = new();

    /// <summary>Options by namespace: "chat" holds those of "chat:1". Names match ^[-a-zA-Z0-9_]{2,}$.</summary>
    public IDictionary<string, ChannelOptions> Namespaces { get; set; } = new Dictionary<string, ChannelOptions>(StringComparer.Ordinal);

    /// <summary>The options of a channel, or null when its namespace is not configured (error 102).</summary>
    public ChannelOptions? Find(string channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        var name = ChannelName.NamespaceOf(channel);
        return name.IsEmpty ? WithoutNamespace : Namespaces.TryGetValue(name.ToString(), out var options) ? options : null;
    }

    /// <summary>The options of all namespaces, those of channels without one first, each with its key in the configuration.</summary>
    public IEnumerable<(string Path, ChannelOptions Options)> All()
    {
        yield return ($"{SectionName}:{nameof(WithoutNamespace)}", WithoutNamespace);
        foreach (var (name, options) in Namespaces)
        {
            yield return ($"{SectionName}:{nameof(Namespaces)}:{name}", options);
        }
    }
}
