using System.Buffers;
using System.Net;
using WsCluster.Gateway.Connections;

namespace WsCluster.Gateway.Transports.Sockets.Reactor;

/// <summary>A new connection until it is known whose it is: a WebSocket that we answer, or the HTTP server's, with every byte that came.</summary>
internal sealed class ReactorHandshake(ReactorThread thread, int socket, IPAddress? peer, WebSocketUpgrades upgrades, ReactorListener listener)
    : IReady, IThreadPoolWorkItem, IDeadline
{
    /// <summary>A head that comes in more pieces than this has time with the HTTP server.</summary>
    private const int MostLooks = 8;

    private long _token;
    private int _looks;
    private UpgradeRequest? _request;
    private UpgradeAnswer? _answer;
    private volatile bool _isLate;
    private bool _isOver;

    /// <summary>Of the thread: begins, or goes on.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        if (_token == 0)
        {
            _token = thread.TryWatch(socket, this);
            if (_token == 0)
            {
                _isOver = true;
                Libc.Close(socket);
            }
            else
            {
                upgrades.Clock.Schedule(this, upgrades.Clock.Now + upgrades.HeadTimeout);
            }
        }
        else if (_isOver)
        {
            // Its deadline came while it was answered, or the other way round.
        }
        else if (_isLate)
        {
            Close();
        }
        else if (_answer is { } answer)
        {
            Open(_request!, answer);
        }
    }

    void IReady.OnReady(Readiness readiness)
    {
        if (_isOver || _request is not null || readiness == Readiness.Writable)
        {
            return;
        }

        var buffer = thread.Scratch;
        var length = Libc.Receive(socket, buffer, peek: true);
        if (length <= 0)
        {
            if (length == 0 || Libc.LastError != Libc.WouldBlock)
            {
                Close();
            }

            return;
        }

        var isWhole = upgrades.TryRead(new ReadOnlySequence<byte>(buffer, 0, length), length == buffer.Length, peer, out var request, out var end);
        if (request is not null)
        {
            Libc.Receive(socket, buffer.AsSpan(0, end));
            _request = request;
            _ = TakeAsync(request);
        }
        else if (isWhole || ++_looks == MostLooks)
        {
            _isOver = true;
            thread.Forget(socket, _token);
            listener.LeaveToHttp(socket);
        }
    }

    void IReady.OnStop() => Close();

    DateTimeOffset? IDeadline.OnDeadline(DateTimeOffset now)
    {
        if (!_isOver)
        {
            _isLate = true;
            thread.Post(this);
        }

        return null;
    }

    private async Task TakeAsync(UpgradeRequest request)
    {
        try
        {
            _answer = await upgrades.AnswerAsync(request);
        }
        catch (Exception e)
        {
            listener.Failed(e);
            _isLate = true;
        }

        thread.Run(this);
    }

    private void Open(UpgradeRequest request, UpgradeAnswer answer)
    {
        if (Libc.Send(socket, answer.Head) != answer.Head.Length)
        {
            Close();
            return;
        }

        _isOver = true;
        _answer = null;
        _request = null; // the deadline holds this object for a while
        var transport = new ReactorTransport(thread, socket, _token, upgrades.CloseTimeout, answer.Extension is not null, upgrades.Clock);
        thread.Replace(_token, transport);
        upgrades.Serve(transport, request, answer, thread.Shard);
    }

    private void Close()
    {
        _isOver = true;
        _request?.Place.Dispose(); // it goes before it has begun
        thread.Close(socket, _token);
    }
}
