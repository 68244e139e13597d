using Microsoft.Extensions.Options;
using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Connections;

/// <summary>Runs a connection from its first byte to its clean-up, whatever transport carries it, and drains all at the end.</summary>
internal sealed class ConnectionHost(
    ConnectionRegistry connections,
    CommandProcessor commands,
    SubscriptionService subscriptions,
    UserDirectory users,
    GatewayMetrics metrics,
    IOptions<GatewayOptions> options,
    TimeProvider time,
    ILogger<ConnectionHost> logger)
{
    private volatile bool _draining;

    /// <summary>True once the gateway stops: no new connection is taken.</summary>
    public bool IsDraining => _draining;

    /// <summary>False when the gateway stops or has as many connections as it may.</summary>
    public bool TakesConnections => !_draining && connections.Count < options.Value.MaxConnections;

    /// <summary>
    /// Runs a connection. <paramref name="read"/> hands each frame to the processor it gets, and ends when the transport
    /// does. Subscriptions, presence and the user's session end with the connection, not with the slower transport.
    /// </summary>
    public async Task RunAsync(Connection connection, string transport, Func<Func<ReadOnlyMemory<byte>, Task>, Task> read)
    {
        connections.Add(connection);
        metrics.ConnectionOpened();
        GatewayLog.ConnectionOpened(logger, connection.Id, transport);
        var cleanUp = CleanUpWhenEndedAsync(connection);
        try
        {
            await read(frame => commands.ProcessAsync(connection, frame));
        }
        catch (Exception e)
        {
            GatewayLog.ConnectionFailed(logger, connection.Id, e);
        }

        connection.TransportEnded();
        await cleanUp;
    }

    /// <summary>
    /// Stops taking connections and closes all with 3001, spread over the drain window so that the other gateways are not
    /// stormed by those who come back.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        const int Slices = 20;
        _draining = true;
        var open = connections.All.ToArray();
        GatewayLog.Draining(logger, open.Length, options.Value.DrainWindow);
        Random.Shared.Shuffle(open);
        var slice = Math.Max(1, (open.Length + Slices - 1) / Slices);
        foreach (var part in open.Chunk(slice))
        {
            foreach (var connection in part)
            {
                connection.Close(DisconnectCode.Shutdown);
            }

            await Task.Delay(options.Value.DrainWindow / Slices, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        foreach (var late in connections.All)
        {
            late.Close(DisconnectCode.Shutdown); // came between the flag and the snapshot
        }

        await Task.WhenAny(
            Task.WhenAll(open.Select(c => c.Ended)), Task.Delay(options.Value.CloseTimeout, time, cancellationToken));
    }

    private async Task CleanUpWhenEndedAsync(Connection connection)
    {
        await connection.Ended;
        connections.Remove(connection);
        subscriptions.EndAll(connection);
        if (connection.Identity is { User.Length: > 0 } identity)
        {
            users.Unregister(connection.Id, identity.User);
        }

        metrics.ConnectionClosed(connection.CloseCode ?? 0);
        GatewayLog.ConnectionEnded(logger, connection.Id, connection.Identity?.User ?? "", connection.CloseCode ?? 0);
    }
}
