using System.Text;
using System.Text.Json;

namespace WsCluster;

/// <summary>The short ways to reach a user's live connections. What a <c>client</c> names is the one connection meant.</summary>
public static class UserCommands
{
    /// <summary>Sends bytes to the connections themselves, outside any channel. At most once; not kept for later.</summary>
    public static Task SendAsync(
        this IUserHandle user, ReadOnlyMemory<byte> data, string? client = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(user);
        return user.ExecuteAsync(new SendToUser { Data = data.ToArray(), Client = client }, cancellationToken);
    }

    /// <summary>Sends a JSON text to the connections themselves. At most once; not kept for later.</summary>
    public static Task SendAsync(
        this IUserHandle user, string json, string? client = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(json);
        return user.ExecuteAsync(new SendToUser { Data = Encoding.UTF8.GetBytes(json), Client = client }, cancellationToken);
    }

    /// <summary>Sends a value as JSON to the connections themselves. At most once; not kept for later.</summary>
    public static Task SendJsonAsync<T>(
        this IUserHandle user, T value, string? client = null, JsonSerializerOptions? json = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(user);
        var data = JsonSerializer.SerializeToUtf8Bytes(value, json ?? JsonSerializerOptions.Web);
        return user.ExecuteAsync(new SendToUser { Data = data, Client = client }, cancellationToken);
    }

    /// <summary>Ends the connections; by default for good, so that SDKs do not reconnect.</summary>
    public static Task DisconnectAsync(
        this IUserHandle user, DisconnectCode code = DisconnectCode.ForceNoReconnect, string? client = null, CancellationToken cancellationToken = default) =>
        user.DisconnectAsync((int)code, code.Reason(), client, cancellationToken);

    /// <summary>Ends the connections with a code of the application's own (4000-4999; SDKs reconnect up to 4499).</summary>
    /// <param name="user">Whose connections.</param>
    /// <param name="code">The close code, 3000-4999.</param>
    /// <param name="reason">The close reason, at most 123 bytes in UTF-8.</param>
    /// <param name="client">Only this connection, or null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task DisconnectAsync(
        this IUserHandle user, int code, string reason, string? client = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(reason);
        ArgumentOutOfRangeException.ThrowIfLessThan(code, 3000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 4999);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Encoding.UTF8.GetByteCount(reason), 123, nameof(reason));
        return user.ExecuteAsync(new DisconnectUser { Code = code, Reason = reason, Client = client }, cancellationToken);
    }

    /// <summary>Subscribes the connections to a channel on the server's side.</summary>
    public static Task SubscribeAsync(
        this IUserHandle user, string channel, SubscribeOptions? options = null, string? client = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentException.ThrowIfNullOrEmpty(channel);
        return user.ExecuteAsync(new SubscribeUser { Channel = channel, Options = options, Client = client }, cancellationToken);
    }

    /// <summary>Ends the connections' subscription to a channel.</summary>
    public static Task UnsubscribeAsync(
        this IUserHandle user, string channel, string? client = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentException.ThrowIfNullOrEmpty(channel);
        return user.ExecuteAsync(new UnsubscribeUser { Channel = channel, Client = client }, cancellationToken);
    }
}
