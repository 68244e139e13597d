using System.Text.Json;

namespace WsCluster.Behaviors;

/// <summary>The short ways to publish from inside.</summary>
public static class BehaviorPublishing
{
    /// <summary>Publishes a value as JSON, by default with the web's conventions (camelCase); see <see cref="IBehaviorChannel.Publish"/>.</summary>
    public static void PublishJson<T>(this IBehaviorChannel channel, T value, JsonSerializerOptions? json = null)
    {
        ArgumentNullException.ThrowIfNull(channel);
        channel.Publish(new PublishRequest { Data = JsonSerializer.SerializeToUtf8Bytes(value, json ?? JsonSerializerOptions.Web) });
    }
}
