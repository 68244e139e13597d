using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Gateway.Connections;

/// <summary>A user's connections on this gateway, and their tie to the user's grain.</summary>
internal sealed class UserConnections : ISiloBound
{
    private readonly GatewayLane _lane;
    private readonly UserWay _way;
    private readonly UserDirectory _directory;
    private readonly Lock _sync = new();
    private readonly Dictionary<string, (Connection Connection, UserSession Session)> _connections = new(StringComparer.Ordinal); // guarded by _sync, like the fields below
    private readonly SiloBinding _silo;
    private bool _rebinding;
    private bool _rebindAgain;
    private int _changes; // of the connections
    private Task _restoring = Task.CompletedTask;

    public UserConnections(string user, GatewayLane lane, UserWay way, UserDirectory directory)
    {
        _lane = lane;
        _way = way;
        _directory = directory;
        _silo = new SiloBinding(this, directory.Silos);
        User = user;
    }

    /// <summary>The user.</summary>
    public string User { get; }

    /// <inheritdoc/>
    public int Lane => _lane.Lane;

    /// <summary>How the user's grain is reached.</summary>
    public UserWay Way => _way;

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
            _changes++;
        }
    }

    /// <summary>Registers an added connection with the user's grain.</summary>
    public async Task<SessionAdmission> RegisterAsync(UserSession session)
    {
        var admission = await _directory.Calls.RepeatAsync(() => _way.ConnectAsync(session, _lane, () => ConnectedLate(session.Client)));
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
            _changes++;
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
                await _way.DisconnectAsync(client, _lane.GatewayId);
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
        for (var attempt = 0; TakeSessions(out var change) is { } sessions; attempt++)
        {
            try
            {
                Bind((await _way.RestoreAsync(sessions, _lane, () => RestoredLate(change))).SiloId);
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
    private UserSession[]? TakeSessions(out int change)
    {
        lock (_sync)
        {
            change = _changes;
            if (!_rebindAgain || _connections.Count == 0)
            {
                _rebinding = false;
                return null;
            }

            _rebindAgain = false;
            return [.. _connections.Values.Select(c => c.Session)];
        }
    }

    /// <summary>A call that registers a connection came through after another one: the connection may be gone meanwhile.</summary>
    private void ConnectedLate(string client)
    {
        lock (_sync)
        {
            if (_connections.ContainsKey(client))
            {
                return;
            }
        }

        _ = ReportGoneAsync(client);
    }

    /// <summary>The grain was told once more what the connections had been at a time: it is told again if they have changed since.</summary>
    private void RestoredLate(int change)
    {
        lock (_sync)
        {
            if (change == _changes)
            {
                return;
            }
        }

        Rebind();
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
