using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Gateway.Connections;

/// <summary>A user's connections on this gateway, and their tie to the user's grain.</summary>
internal sealed class UserConnections : ISiloBound
{
    private readonly GatewayLane _lane;
    private readonly IUserRouting _grain;
    private readonly UserDirectory _directory;
    private readonly Lock _sync = new();
    private readonly Dictionary<string, (Connection Connection, UserSession Session)> _connections = new(StringComparer.Ordinal); // guarded by _sync, like the fields below
    private readonly SiloBinding _silo;
    private bool _rebinding;
    private bool _rebindAgain;
    private Task _restoring = Task.CompletedTask;

    public UserConnections(string user, GatewayLane lane, IUserRouting grain, UserDirectory directory)
    {
        _lane = lane;
        _grain = grain;
        _directory = directory;
        _silo = new SiloBinding(this, directory.Silos);
        User = user;
    }

    /// <summary>The user.</summary>
    public string User { get; }

    /// <inheritdoc/>
    public int Lane => _lane.Lane;

    /// <summary>The connections now.</summary>
    public Connection[] Connections
    {
        get
        {
            lock (_sync)
            {
                return [.. _connections.Values.Select(c => c.Connection)];
            }
        }
    }

    /// <summary>Adds a connection: commands for the user reach it from now on.</summary>
    public void Add(Connection connection, UserSession session)
    {
        lock (_sync)
        {
            _connections[session.Client] = (connection, session);
        }
    }

    /// <summary>Registers an added connection with the user's grain.</summary>
    public async Task<SessionAdmission> RegisterAsync(UserSession session)
    {
        var admission = await _directory.Calls.RepeatAsync(() => _grain.ConnectAsync(session, _lane));
        if (admission.Admitted)
        {
            Bind(admission.SiloId);
        }

        return admission;
    }

    /// <summary>Forgets a connection. True when none is left.</summary>
    public bool Remove(string client)
    {
        lock (_sync)
        {
            _connections.Remove(client);
            if (_connections.Count > 0)
            {
                return false;
            }

            _silo.Clear();
            return true;
        }
    }

    /// <summary>Tells the user's grain that a connection is gone.</summary>
    public async Task ReportGoneAsync(string client)
    {
        Task restoring;
        lock (_sync)
        {
            restoring = _restoring;
        }

        await restoring; // it may still bring this connection back
        try
        {
            await _directory.Calls.RepeatAsync(async () =>
            {
                await _grain.DisconnectAsync(client, _lane.GatewayId);
                return true;
            });
        }
        catch (Exception e)
        {
            GatewayLog.UserUnreachable(_directory.Logger, User, 0, e.Message);
            Rebind(); // restoring the sessions also removes those that are gone
        }
    }

    /// <summary>The grain moved or its silo is silent: tell its next activation of all connections here.</summary>
    public void Rebind()
    {
        lock (_sync)
        {
            _rebindAgain = true;
            if (_rebinding)
            {
                return;
            }

            _rebinding = true;
            _restoring = Task.Run(RestoreAsync);
        }
    }

    private async Task RestoreAsync()
    {
        for (var attempt = 0; TakeSessions() is { } sessions; attempt++)
        {
            try
            {
                Bind((await _grain.RestoreAsync(sessions, _lane)).SiloId);
                attempt = -1;
            }
            catch (Exception e)
            {
                GatewayLog.UserUnreachable(_directory.Logger, User, attempt, e.Message);
                lock (_sync)
                {
                    _rebindAgain = true;
                }

                await Task.Delay(Backoff.Delay(attempt), _directory.Time);
            }
        }
    }

    /// <summary>The sessions to restore; null when there is nothing to do.</summary>
    private UserSession[]? TakeSessions()
    {
        lock (_sync)
        {
            if (!_rebindAgain || _connections.Count == 0)
            {
                _rebinding = false;
                return null;
            }

            _rebindAgain = false;
            return [.. _connections.Values.Select(c => c.Session)];
        }
    }

    private void Bind(string siloId)
    {
        lock (_sync)
        {
            if (_connections.Count > 0)
            {
                _silo.Set(siloId);
            }
        }
    }
}
