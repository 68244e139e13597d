using System.Diagnostics;
using WsCluster.Client.Protocol;
using WsCluster.Client.Transports;

namespace WsCluster.Client.Connections;

/// <summary>
/// Keeps a client connected: makes a connection, watches its pings, refreshes its token, and after its end makes another one or
/// stops, as the protocol says. Everything here happens on the client's loop.
/// </summary>
internal sealed class ConnectionKeeper : IDisposable
{
    private readonly IConnectionUser _user;
    private readonly ClientOptions _options;
    private readonly ClientLoop _loop;
    private readonly Func<ICodec, ITransport> _newTransport;
    private readonly ICodec _codec;
    private readonly Backoff _backoff;
    private readonly Backoff _refreshBackoff;
    private readonly LoopTimer _pings;
    private readonly LoopTimer _refresh;

    private volatile ClientState _state;
    private CancellationTokenSource? _running; // null while disconnected
    private Task _run = Task.CompletedTask;
    private TaskCompletionSource<Connection> _ready = NewReady();
    private Connection? _connection; // the open one, also while it is still connecting
    private string? _token;
    private TimeSpan _pingLimit;
    private bool _answerPings;

    public ConnectionKeeper(IConnectionUser user, ClientOptions options, ClientLoop loop, Func<ICodec, ITransport> newTransport, Random random)
    {
        _user = user;
        _options = options;
        _loop = loop;
        _newTransport = newTransport;
        _codec = options.Protocol == ClientProtocol.Json ? new JsonCodec() : new ProtobufCodec();
        _token = options.Token;
        _backoff = new Backoff(options.MinReconnectDelay, options.MaxReconnectDelay, random);
        _refreshBackoff = new Backoff(options.MinReconnectDelay, options.MaxReconnectDelay, random);
        _pings = new LoopTimer(loop, options.TimeProvider, CheckPings);
        _refresh = new LoopTimer(loop, options.TimeProvider, () => _ = RefreshAsync());
    }

    public ClientState State => _state;

    /// <summary>The connection, when connected.</summary>
    public Connection? Connected => State == ClientState.Connected ? _connection : null;

    /// <summary>Completes when connected; fails when disconnected for good.</summary>
    public Task<Connection> Ready => _ready.Task;

    public bool IsJson => _codec.IsText;

    /// <summary>Starts connecting, unless that is under way.</summary>
    public void Start()
    {
        if (_running is null)
        {
            _running = new CancellationTokenSource();
            _backoff.Reset();
            Become(new ClientStateChange(ClientState.Connecting, ConnectingCode.ConnectCalled, "connect called"));
            _run = RunAsync(_run, _running.Token);
        }
    }

    /// <summary>Disconnects and stays so. Returns when the transport is gone.</summary>
    public Task StopAsync(int code, string reason)
    {
        if (_running is not null)
        {
            Stop(new ConnectionEnd(code, reason, Reconnect: false));
        }

        return _run;
    }

    public void Dispose()
    {
        _running?.Dispose();
        _pings.Stop();
        _refresh.Stop();
    }

    private async Task RunAsync(Task before, CancellationToken stop)
    {
        await before;
        while (!stop.IsCancellationRequested)
        {
            var end = await ServeAsync(stop);
            if (stop.IsCancellationRequested)
            {
                return;
            }

            if (!end.Reconnect)
            {
                Stop(end);
                return;
            }

            if (State == ClientState.Connected)
            {
                Become(new ClientStateChange(ClientState.Connecting, end.Code, end.Reason));
            }

            await Task.Delay(_backoff.Next(), _options.TimeProvider, stop).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Makes one connection and returns how it ended.</summary>
    private async Task<ConnectionEnd> ServeAsync(CancellationToken stop)
    {
        if (string.IsNullOrEmpty(_token) && _options.GetToken is not null && await GetTokenAsync(stop) is { } noToken)
        {
            return noToken;
        }

        ITransport transport;
        try
        {
            transport = _newTransport(_codec);
        }
        catch (Exception e)
        {
            return NotOpened(e); // ConfigureWebSocket is the application's
        }

        try
        {
            if (await OpenAsync(transport, stop) is { } notOpened)
            {
                return notOpened;
            }

            var connection = new Connection(transport, _codec, _options, _loop, OnPush);
            _connection = connection;
            connection.Send(
                new Command { Connect = _user.CreateConnect(_token) },
                reply => OnConnectReply(connection, reply),
                _ => connection.Close(ConnectionEnd.TransportClosed));
            _ = connection.ReceiveAsync();
            return await connection.Ended;
        }
        catch (ArgumentException e)
        {
            _user.Report(e); // ClientOptions.Data cannot be encoded, now or ever
            return ConnectionEnd.BadProtocol with { Reason = e.Message };
        }
        finally
        {
            _connection = null;
            _pings.Stop();
            _refresh.Stop();
            await transport.DisposeAsync();
        }
    }

    private async Task<ConnectionEnd?> OpenAsync(ITransport transport, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(_options.CommandTimeout, _options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            await transport.OpenAsync(either.Token);
            return stop.IsCancellationRequested ? ConnectionEnd.TransportClosed : null;
        }
        catch (Exception e)
        {
            return stop.IsCancellationRequested ? ConnectionEnd.TransportClosed : NotOpened(e);
        }
    }

    private ConnectionEnd NotOpened(Exception e)
    {
        _user.Report(new WsClusterClientException(ClientErrorCode.TransportClosed, $"could not connect: {e.Message}", isTemporary: true, e));
        return ConnectionEnd.TransportClosed;
    }

    private void OnConnectReply(Connection connection, Reply reply)
    {
        if (reply.Error is { } error)
        {
            connection.Close(Refused(error));
            return;
        }

        if (reply.Connect is not { } result)
        {
            connection.Close(ConnectionEnd.BadProtocol);
            return;
        }

        _backoff.Reset();
        _refreshBackoff.Reset();
        _answerPings = result.Pong;
        _pingLimit = result.Ping + _options.MaxServerPingDelay;
        if (result.Ping > TimeSpan.Zero)
        {
            _pings.Start(_pingLimit);
        }

        ScheduleRefresh(result.Expiry);
        Become(new ClientStateChange(ClientState.Connected, 0, "connected") { ClientId = result.Client, Data = result.Data });
        if (Connected == connection) // a handler may have disconnected
        {
            _user.OnConnected(connection, result);
            _ready.TrySetResult(connection);
        }
    }

    /// <summary>An error answers the connect (protocol §16).</summary>
    private ConnectionEnd Refused(ServerError error)
    {
        _user.Report(new WsClusterClientException(error.Code, error.Message, error.IsTemporary));
        var expired = error.Code == ServerErrorCode.TokenExpired && _options.GetToken is not null;
        if (expired)
        {
            _token = null;
        }

        return new ConnectionEnd(error.Code, error.Message, expired || error.IsTemporary || error.Code < 100);
    }

    private void OnPush(Reply reply)
    {
        if (reply.Push is not { } push)
        {
            if (_answerPings)
            {
                _connection?.Post(new Command());
            }
        }
        else if (push.Disconnect is { } end)
        {
            _connection?.Close(ConnectionEnd.OfServer(end.Code, end.Reason));
        }
        else if (State == ClientState.Connected)
        {
            _user.OnPush(push);
        }
    }

    private void CheckPings()
    {
        if (Connected is { } connection)
        {
            var left = _pingLimit - _options.TimeProvider.GetElapsedTime(connection.LastReceived);
            if (left <= TimeSpan.Zero)
            {
                connection.Close(ConnectionEnd.NoPing);
            }
            else
            {
                _pings.Start(left);
            }
        }
    }

    private void ScheduleRefresh(Expiry expiry)
    {
        if (expiry.RefreshAfter is { } after && _options.GetToken is not null)
        {
            _refresh.Start(after);
        }
    }

    private async Task RefreshAsync()
    {
        if (Connected is not { } connection || _running is not { } running)
        {
            return;
        }

        if (await GetTokenAsync(running.Token) is { } noToken)
        {
            if (Connected == connection && noToken.Reconnect)
            {
                _refresh.Start(_refreshBackoff.Next());
            }
            else if (Connected == connection)
            {
                connection.Close(noToken);
            }

            return;
        }

        if (Connected != connection)
        {
            return;
        }

        connection.Send(
            new Command { Refresh = new RefreshRequest(_token!) },
            reply => OnRefreshReply(connection, reply),
            failure => _refresh.Start(_refreshBackoff.Next()));
    }

    private void OnRefreshReply(Connection connection, Reply reply)
    {
        if (reply.Error is { } error)
        {
            _user.Report(new WsClusterClientException(error.Code, error.Message, error.IsTemporary));
            if (error.IsTemporary || error.Code < 100)
            {
                _refresh.Start(_refreshBackoff.Next());
            }
            else
            {
                connection.Close(new ConnectionEnd(error.Code, error.Message, Reconnect: false));
            }

            return;
        }

        _refreshBackoff.Reset();
        ScheduleRefresh(reply.Refresh ?? default);
    }

    /// <summary>Asks the application for a token. Returns null when there is one, else how that ends the connection.</summary>
    private async Task<ConnectionEnd?> GetTokenAsync(CancellationToken stop)
    {
        var (token, failure) = await TokenCall.RunAsync(_options.GetToken!, stop);
        if (stop.IsCancellationRequested)
        {
            return ConnectionEnd.TransportClosed;
        }

        if (failure is not null)
        {
            _user.Report(failure);
            return ConnectionEnd.TransportClosed;
        }

        _token = token;
        return token is null ? ConnectionEnd.Unauthorized : null;
    }

    private void Stop(ConnectionEnd end)
    {
        Debug.Assert(_running is not null);
        _running.Cancel();
        _running.Dispose();
        _running = null;
        Become(new ClientStateChange(ClientState.Disconnected, end.Code, end.Reason));
        _connection?.Close(end);
    }

    private void Become(ClientStateChange change)
    {
        var before = State;
        if (change.State != ClientState.Connected && _ready.Task.IsCompleted)
        {
            _ready = NewReady();
        }

        if (change.State == ClientState.Connecting && change.Code == ServerErrorCode.StateInvalidated)
        {
            _token = null;
        }

        _state = change.State;
        if (change.State == ClientState.Disconnected)
        {
            _ready.TrySetException(new WsClusterClientException(change.Code, change.Reason));
            _ = _ready.Task.Exception; // also when nobody waits for it
        }

        _user.OnStateChanged(before, change);
    }

    private static TaskCompletionSource<Connection> NewReady() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
