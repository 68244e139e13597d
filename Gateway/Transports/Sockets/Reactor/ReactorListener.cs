using System.Buffers.Binary;
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace WsCluster.Gateway.Transports.Sockets.Reactor;

/// <summary>
/// A listening socket that a reactor thread accepts from. New connections go to all threads by turns; those that are no WebSockets
/// are handed to the HTTP server as if it had accepted them itself.
/// </summary>
internal sealed class ReactorListener : IConnectionListener, IReady, IThreadPoolWorkItem
{
    /// <summary>New connections share the thread with those that it serves.</summary>
    private const int MostAtOnce = 64;

    private static readonly TimeSpan ErrorPause = TimeSpan.FromMilliseconds(50);

    private readonly Socket _listening;
    private readonly int _file;
    private readonly WebSocketUpgrades _upgrades;
    private readonly SocketConnectionContextFactory _http;
    private readonly ReactorThreads _threads;
    private readonly ILogger _logger;
    private readonly Channel<ConnectionContext> _forHttp = Channel.CreateUnbounded<ConnectionContext>(); // bounded by the process's sockets
    private readonly TaskCompletionSource _unbound = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _address = new byte[28]; // of the thread, like _token
    private long _token;
    private bool _goesOn = true; // by itself, later: what is ready waits for that, or every event would add another loop; of the thread
    private volatile bool _ends;

    /// <summary>Accepts from a socket that listens already.</summary>
    public ReactorListener(Socket listening, WebSocketUpgrades upgrades, SocketConnectionContextFactory http, ReactorThreads threads, ILogger logger)
    {
        listening.Blocking = false;
        listening.NoDelay = true; // what it accepts inherits it
        _listening = listening;
        _file = (int)listening.Handle;
        _upgrades = upgrades;
        _http = http;
        _threads = threads;
        _logger = logger;
        EndPoint = listening.LocalEndPoint!;
        threads.First.Post(this);
    }

    /// <inheritdoc/>
    public EndPoint EndPoint { get; }

    /// <summary>The next connection for the HTTP server; null when no more will come.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _forHttp.Reader.WaitToReadAsync(cancellationToken) && _forHttp.Reader.TryRead(out var connection) ? connection : null;

    /// <inheritdoc/>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _ends = true;
        _threads.First.Post(this);
        await _unbound.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The connection is the HTTP server's: not a byte has been taken from it. Safe from any thread, as the next.</summary>
    public void LeaveToHttp(int socket)
    {
        var connection = new Socket(new SafeSocketHandle(socket, ownsHandle: true));
        if (!_forHttp.Writer.TryWrite(_http.Create(connection)))
        {
            connection.Dispose(); // unbound
        }
    }

    /// <summary>A new connection failed in a way that its client cannot cause.</summary>
    public void Failed(Exception exception) => GatewayLog.AcceptFailed(_logger, exception);

    /// <summary>Begins, or goes on after a pause, or ends.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        _goesOn = false;
        if (_ends)
        {
            End();
        }
        else if (_token != 0)
        {
            AcceptAll();
        }
        else if ((_token = _threads.First.TryWatch(_file, this)) == 0)
        {
            PauseAfter(Libc.LastError);
        }
    }

    void IReady.OnReady(Readiness readiness)
    {
        if (!_goesOn)
        {
            AcceptAll();
        }
    }

    void IReady.OnStop() => End();

    private void End()
    {
        if (_token != 0)
        {
            _threads.First.Forget(_file, _token);
            _token = 0;
        }

        _listening.Dispose();
        _forHttp.Writer.TryComplete();
        _unbound.TrySetResult();
    }

    private void AcceptAll()
    {
        for (var taken = 0; taken < MostAtOnce; taken++)
        {
            var socket = Libc.Accept(_file, _address);
            if (socket >= 0)
            {
                var thread = _threads.Next();
                thread.Run(new ReactorHandshake(thread, socket, ReadAddress(), _upgrades, this));
                continue;
            }

            if (Libc.LastError is var error && error != Libc.Interrupted)
            {
                if (error != Libc.WouldBlock)
                {
                    PauseAfter(error); // reset before it was accepted, or the process has no file left for it
                }

                return;
            }
        }

        _goesOn = true;
        _threads.First.Post(this); // behind what the others have to do
    }

    private void PauseAfter(int error)
    {
        Failed(new Win32Exception(error));
        _goesOn = true;
        _ = GoOnLaterAsync();
    }

    private async Task GoOnLaterAsync()
    {
        await _upgrades.Clock.DelayAsync(ErrorPause);
        _threads.First.Post(this);
    }

    /// <summary>Reads a <c>struct sockaddr_in</c> or <c>sockaddr_in6</c>.</summary>
    private IPAddress? ReadAddress()
    {
        const int Ip4 = 2, Ip6 = 10;
        return BinaryPrimitives.ReadUInt16LittleEndian(_address) switch
        {
            Ip4 => new IPAddress(_address.AsSpan(4, 4)),
            Ip6 => new IPAddress(_address.AsSpan(8, 16), BinaryPrimitives.ReadUInt32LittleEndian(_address.AsSpan(24))),
            _ => null,
        };
    }
}
