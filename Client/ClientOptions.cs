using System.Net.WebSockets;

namespace WsCluster.Client;

/// <summary>How a <see cref="WsClusterClient"/> connects.</summary>
public sealed record ClientOptions
{
    /// <summary>The encoding. Default: JSON.</summary>
    public ClientProtocol Protocol { get; init; } = ClientProtocol.Json;

    /// <summary>The first connection token. Null: <see cref="GetToken"/> is asked, or the client connects as the anonymous user.</summary>
    public string? Token { get; init; }

    /// <summary>
    /// Gets a connection token: when there is none, when it has expired, and in time before the connection does. It runs on the
    /// thread pool. An exception is repeated later; null, an empty token or an <see cref="UnauthorizedAccessException"/> is the end.
    /// </summary>
    public Func<CancellationToken, Task<string?>>? GetToken { get; init; }

    /// <summary>What the server's application gets with the connect. In JSON: one JSON value.</summary>
    public ReadOnlyMemory<byte>? Data { get; init; }

    /// <summary>The kind of client, at most 16 characters, for those who watch the server.</summary>
    public string Name { get; init; } = "dotnet";

    /// <summary>The application's version, at most 64 characters, for those who watch the server.</summary>
    public string Version { get; init; } = "";

    /// <summary>Headers for the server's application that travel in the connect command; real ones: <see cref="ConfigureWebSocket"/>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Sets up each WebSocket before it connects: headers, certificates, a proxy.</summary>
    public Action<ClientWebSocketOptions>? ConfigureWebSocket { get; init; }

    /// <summary>The first ceiling of the random time between two attempts to connect; it doubles. Default: 500 ms.</summary>
    public TimeSpan MinReconnectDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The last ceiling. Default: 20 seconds.</summary>
    public TimeSpan MaxReconnectDelay { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Time for the answer to a command, and for connecting. Default: 5 seconds.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How much later than announced a ping of the server may come before the connection counts as lost. Default: 10 seconds.</summary>
    public TimeSpan MaxServerPingDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest message taken from the server in bytes; a larger one is the end. Default: 64 MiB.</summary>
    public int MaxMessageBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Commands that wait for their answer; one more fails at once. Default: 10,000.</summary>
    public int MaxPendingCommands { get; init; } = 10_000;

    /// <summary>Publications of server-side subscriptions that wait for <see cref="WsClusterClient.ReadAllAsync"/>; over it the oldest is dropped. Default: 1,024.</summary>
    public int BufferCapacity { get; init; } = 1024;

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MinReconnectDelay, TimeSpan.Zero, nameof(MinReconnectDelay));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxReconnectDelay, MinReconnectDelay, nameof(MaxReconnectDelay));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(CommandTimeout, TimeSpan.Zero, nameof(CommandTimeout));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxMessageBytes, nameof(MaxMessageBytes));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxPendingCommands, nameof(MaxPendingCommands));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BufferCapacity, nameof(BufferCapacity));
    }
}
