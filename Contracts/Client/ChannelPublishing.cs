using System.Text;
using System.Text.Json;

namespace WsCluster;

/// <summary>
/// The short ways to publish. Data is copied, so the caller may reuse its buffer. Subscribers on the JSON protocol need
/// data that is one JSON value.
/// </summary>
public static class ChannelPublishing
{
    /// <summary>Publishes bytes.</summary>
    public static Task<StreamPosition> PublishAsync(
        this IChannelHandle channel, ReadOnlyMemory<byte> data, PublishOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return channel.PublishAsync(PublishOptions.CreateRequest(data.ToArray(), options), cancellationToken);
    }

    /// <summary>Publishes a JSON text such as <c>{"bid":1.08}</c>. Use <see cref="PublishJsonAsync"/> for a string as a value.</summary>
    public static Task<StreamPosition> PublishAsync(
        this IChannelHandle channel, string json, PublishOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(json);
        return channel.PublishAsync(PublishOptions.CreateRequest(Encoding.UTF8.GetBytes(json), options), cancellationToken);
    }

    /// <summary>Publishes a value as JSON, by default with the web's conventions (camelCase).</summary>
    public static Task<StreamPosition> PublishJsonAsync<T>(
        this IChannelHandle channel, T value, PublishOptions? options = null, JsonSerializerOptions? json = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        var data = JsonSerializer.SerializeToUtf8Bytes(value, json ?? JsonSerializerOptions.Web);
        return channel.PublishAsync(PublishOptions.CreateRequest(data, options), cancellationToken);
    }

    /// <summary>Publishes bytes to many channels; see <see cref="IWsCluster.BroadcastAsync"/>.</summary>
    public static Task<IReadOnlyList<BroadcastResult>> BroadcastAsync(
        this IWsCluster cluster, IReadOnlyCollection<string> channels, ReadOnlyMemory<byte> data, PublishOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return cluster.BroadcastAsync(channels, PublishOptions.CreateRequest(data.ToArray(), options), cancellationToken);
    }

    /// <summary>Publishes a JSON text to many channels; see <see cref="IWsCluster.BroadcastAsync"/>.</summary>
    public static Task<IReadOnlyList<BroadcastResult>> BroadcastAsync(
        this IWsCluster cluster, IReadOnlyCollection<string> channels, string json, PublishOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(json);
        return cluster.BroadcastAsync(channels, PublishOptions.CreateRequest(Encoding.UTF8.GetBytes(json), options), cancellationToken);
    }

    /// <summary>Publishes a value as JSON to many channels; see <see cref="IWsCluster.BroadcastAsync"/>.</summary>
    public static Task<IReadOnlyList<BroadcastResult>> BroadcastJsonAsync<T>(
        this IWsCluster cluster, IReadOnlyCollection<string> channels, T value, PublishOptions? options = null, JsonSerializerOptions? json = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        var data = JsonSerializer.SerializeToUtf8Bytes(value, json ?? JsonSerializerOptions.Web);
        return cluster.BroadcastAsync(channels, PublishOptions.CreateRequest(data, options), cancellationToken);
    }
}
