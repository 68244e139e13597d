using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace WsCluster.Client;

/// <summary>The short forms for applications whose payloads are JSON.</summary>
public static class ClientJson
{
    internal const string TrimWarning = "Reads and writes JSON by reflection. Trimmed applications pass bytes, or generated JsonTypeInfo.";

    /// <summary>Publishes a value as JSON, with the web's naming (camelCase).</summary>
    [RequiresUnreferencedCode(TrimWarning), RequiresDynamicCode(TrimWarning)]
    public static Task PublishJsonAsync<T>(this WsClusterClient client, string channel, T value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.PublishAsync(channel, JsonSerializer.SerializeToUtf8Bytes(value, JsonSerializerOptions.Web), cancellationToken);
    }

    /// <summary>Publishes a value as JSON, with the web's naming (camelCase).</summary>
    [RequiresUnreferencedCode(TrimWarning), RequiresDynamicCode(TrimWarning)]
    public static Task PublishJsonAsync<T>(this Subscription subscription, T value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        return subscription.PublishAsync(JsonSerializer.SerializeToUtf8Bytes(value, JsonSerializerOptions.Web), cancellationToken);
    }
}
