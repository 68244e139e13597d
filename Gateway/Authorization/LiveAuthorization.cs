using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Authorization;

/// <summary>
/// Makes what is open follow what is allowed. After a revocation or a change of the configuration it goes over all
/// connections of the gateway; and who is just coming in asks it once more at the end, since the change may have passed by
/// while the answer was under way.
/// </summary>
internal sealed class LiveAuthorization : BackgroundService
{
    private const int BatchSize = 500;

    private readonly ConnectionRegistry _connections;
    private readonly SubscriptionService _subscriptions;
    private readonly ChannelAccess _access;
    private readonly RevocationList _revocations;
    private readonly IOptionsMonitor<ChannelNamespaces> _namespaces;
    private readonly IOptionsMonitor<GatewayOptions> _options;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly IDisposable?[] _changes;

    public LiveAuthorization(
        ConnectionRegistry connections,
        SubscriptionService subscriptions,
        ChannelAccess access,
        RevocationList revocations,
        IOptionsMonitor<ChannelNamespaces> namespaces,
        IOptionsMonitor<GatewayOptions> options,
        ILogger<LiveAuthorization> logger)
    {
        _connections = connections;
        _subscriptions = subscriptions;
        _access = access;
        _revocations = revocations;
        _namespaces = namespaces;
        _options = options;
        _logger = logger;
        _changes = [namespaces.OnChange(_ => Wake()), options.OnChange(_ => Wake())];
    }

    /// <summary>Something changed: all connections are looked at soon. Returns at once.</summary>
    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake, or about to be.
        }
    }

    /// <summary>Goes over all connections once.</summary>
    public async Task CheckAllAsync()
    {
        var count = 0;
        foreach (var connection in _connections.All)
        {
            Check(connection);
            if (++count % BatchSize == 0)
            {
                await Task.Yield(); // many connections are not worth a thread for long
            }
        }
    }

    /// <summary>Ends the connection if its right is gone, else those of its subscriptions whose right is.</summary>
    /// <returns>False when the connection ends.</returns>
    public bool Check(Connection connection)
    {
        if (connection.Identity is not { } identity || connection.IsClosed)
        {
            return !connection.IsClosed;
        }

        if (_revocations.IsRevoked(identity.User, identity.Session, identity.IssuedAt))
        {
            connection.Close(DisconnectCode.StateInvalidated); // it comes back with a new token, if it gets one
            return false;
        }

        if (identity.IsUnproven && !_options.CurrentValue.AllowAnonymous && !_options.CurrentValue.Insecure)
        {
            connection.Close(DisconnectCode.PermissionDenied);
            return false;
        }

        foreach (var subscription in connection.GetSubscriptions())
        {
            Check(connection, subscription);
        }

        return true;
    }

    /// <summary>Ends a subscription if its right is gone.</summary>
    public void Check(Connection connection, Subscription subscription)
    {
        if (subscription.IsLive && Verdict(connection.Identity!, subscription) is { } code)
        {
            _ = EndAsync(connection, new UnsubscribeUser { Channel = subscription.Channel, Code = (int)code, Reason = code.Reason() });
        }
    }

    public override void Dispose()
    {
        Array.ForEach(_changes, change => change?.Dispose());
        _wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await _wake.WaitAsync(stoppingToken);
                try
                {
                    await CheckAllAsync();
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    GatewayLog.LiveCheckFailed(_logger, e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // the gateway stops
        }
    }

    /// <summary>Why a subscription ends; null when it may stay.</summary>
    private UnsubscribeCode? Verdict(ClientIdentity identity, Subscription subscription)
    {
        var grant = subscription.Grant;
        if (subscription.Channel == ConsoleChannel.Name)
        {
            return null; // a console's right is that of its connection
        }

        if (_namespaces.CurrentValue.Find(subscription.Channel) is not { } options)
        {
            return UnsubscribeCode.Server;
        }

        if (grant.Basis == GrantBasis.Options && !_access.MaySubscribe(options, subscription.Channel, identity.User))
        {
            return UnsubscribeCode.Server;
        }

        if (_revocations.IsChannelRevoked(identity.User, subscription.Channel, grant.IssuedAt))
        {
            return UnsubscribeCode.Server;
        }

        if (grant.Basis == GrantBasis.Token && _revocations.IsRevoked(identity.User, grant.Session, grant.IssuedAt))
        {
            return UnsubscribeCode.StateInvalidated; // subscribes again with a new token, if it gets one
        }

        // Joins and leaves that it asked for and may not see any more: subscribing again settles what it gets.
        return !subscription.ServerSide && subscription.Grant.AskedForJoinLeave && subscription.Traits.ReceivesJoinLeave
            && !_access.MayReadPresence(options, subscription.Channel, identity.User, subscription)
            ? UnsubscribeCode.InsufficientState
            : null;
    }

    private async Task EndAsync(Connection connection, UnsubscribeUser command)
    {
        try
        {
            await _subscriptions.UnsubscribeByServerAsync(connection, command);
        }
        catch (Exception e)
        {
            GatewayLog.CommandFailed(_logger, "unsubscribe", connection.Id, e);
            connection.Close(DisconnectCode.InternalServerError);
        }
    }
}
