using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using WsCluster.Gateway.Connections;

namespace WsCluster.Gateway.Transports.Sockets.Reactor;

/// <summary>
/// One thread that reads, carries out commands and sends for its connections, a batch of events after the other. Everything that
/// a batch asks to be sent goes in one round at its end. Only this thread touches the sockets it watches, so that none is closed
/// while another thread uses it.
/// </summary>
internal sealed class ReactorThread : IWriterScheduler, IDisposable
{
    private const long WakeToken = 0;

    [ThreadStatic]
    private static ReactorThread? t_current;

    private readonly GatewayMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Epoll _epoll = new();
    private readonly SafeFileHandle _wakeEvent = Libc.CreateEvent();
    private readonly WatchTable _watched = new(); // of this thread alone, like _deferred and _pace
    private readonly List<IThreadPoolWorkItem> _deferred = [];
    private RoundPace _pace = RoundPace.Start();
    private readonly Lock _sync = new();
    private List<IThreadPoolWorkItem> _posted = []; // guarded by _sync, like the fields below
    private List<IThreadPoolWorkItem> _spare = [];
    private PendingRound _round; // a mutable struct
    private bool _asleep;
    private bool _stopped;

    /// <summary>Starts the thread.</summary>
    public ReactorThread(int number, TimeProvider time, GatewayMetrics metrics, ILogger logger)
    {
        _metrics = metrics;
        _logger = logger;
        Shard = new WriterShard(time, this);
        if (_wakeEvent.IsInvalid || !_epoll.TryWatch((int)_wakeEvent.DangerousGetHandle(), Readiness.Readable | Readiness.OnChange, WakeToken))
        {
            throw new Win32Exception(Libc.LastError);
        }

        // Unsafe: commands do not run in the context of whoever starts the thread.
        new Thread(Loop) { IsBackground = true, Name = $"reactor {number}" }.UnsafeStart();
    }

    /// <summary>Sends for the thread's connections.</summary>
    public WriterShard Shard { get; }

    /// <summary>For what is read on this thread and kept by nobody.</summary>
    public byte[] Scratch { get; } = GC.AllocateUninitializedArray<byte>(WebSocketUpgrades.MaxHeadBytes, pinned: true);

    /// <summary>Has work done by this thread. Safe from any thread.</summary>
    public void Post(IThreadPoolWorkItem work)
    {
        bool wake;
        lock (_sync)
        {
            _posted.Add(work);
            wake = TakeWakeLocked();
        }

        Wake(wake);
    }

    /// <summary>Has work done by this thread: at once, if it is the caller.</summary>
    public void Run(IThreadPoolWorkItem work)
    {
        if (t_current == this)
        {
            work.Execute();
        }
        else
        {
            Post(work);
        }
    }

    /// <summary>Has the calling thread do work behind the events that it is at, and before their round. False when it is no reactor's.</summary>
    public static bool TryDefer(IThreadPoolWorkItem work)
    {
        t_current?._deferred.Add(work);
        return t_current is not null;
    }

    /// <inheritdoc/>
    public void Schedule(IThreadPoolWorkItem shard, TimeSpan joinInterval)
    {
        bool wake;
        lock (_sync)
        {
            _round.Schedule(shard, joinInterval);
            wake = TakeWakeLocked();
        }

        Wake(wake);
    }

    /// <summary>Of this thread: watches a socket. The token names it; zero when the kernel has no room for it.</summary>
    public long TryWatch(int socket, IReady handler)
    {
        var token = _watched.Add(handler);
        if (_epoll.TryWatch(socket, Readiness.Readable | Readiness.Writable | Readiness.PeerEnded | Readiness.OnChange, token))
        {
            return token;
        }

        _watched.Remove(token);
        return 0;
    }

    /// <summary>Of this thread: another hears of a socket from now on.</summary>
    public void Replace(long token, IReady handler) => _watched.Replace(token, handler);

    /// <summary>Of this thread: watches a socket no more; it stays open.</summary>
    public void Forget(int socket, long token)
    {
        _epoll.Forget(socket);
        _watched.Remove(token);
    }

    /// <summary>Of this thread: closes a socket.</summary>
    public void Close(int socket, long token)
    {
        _watched.Remove(token);
        Libc.Close(socket);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        bool wake;
        lock (_sync)
        {
            _stopped = true;
            wake = TakeWakeLocked();
        }

        Wake(wake);
    }

    private bool IsStopped
    {
        get
        {
            lock (_sync)
            {
                return _stopped;
            }
        }
    }

    private bool TakeWakeLocked()
    {
        var asleep = _asleep;
        _asleep = false;
        return asleep;
    }

    private void Wake(bool asleep)
    {
        if (!asleep)
        {
            return;
        }

        try
        {
            Libc.Write(_wakeEvent, 1, sizeof(ulong)); // watched for changes: it is never read
        }
        catch (ObjectDisposedException)
        {
            // It was awake for another reason, and has stopped meanwhile.
        }
    }

    private void Loop()
    {
        t_current = this;
        while (!IsStopped)
        {
            var events = _epoll.Wait(FallAsleep());
            var posted = Awake();
            for (var i = 0; i < events; i++)
            {
                Handle(_epoll.Event(i, out var token), token);
            }

            RunAll(posted);
            RunAll(_deferred);
            if (TakeRound(out var scheduledAt) is { } round)
            {
                _metrics.RoundSent(Stopwatch.GetElapsedTime(scheduledAt, _pace.Run(round)));
            }
        }

        Stop();
    }

    private void Handle(Readiness readiness, long token)
    {
        try
        {
            if (token != WakeToken)
            {
                _watched.Find(token)?.OnReady(readiness);
            }
        }
        catch (Exception e)
        {
            GatewayLog.ReactorFailed(_logger, e); // the others' sockets must not suffer
        }
    }

    private void RunAll(List<IThreadPoolWorkItem> all)
    {
        for (var i = 0; i < all.Count; i++) // some work adds more
        {
            try
            {
                all[i].Execute();
            }
            catch (Exception e)
            {
                GatewayLog.ReactorFailed(_logger, e);
            }
        }

        all.Clear();
    }

    private void Stop()
    {
        foreach (var handler in _watched.All.ToArray())
        {
            handler.OnStop();
        }

        lock (_sync)
        {
            _asleep = false; // nobody wakes it any more: the numbers of its files may soon be others'
        }

        _epoll.Dispose();
        _wakeEvent.Dispose(); // a wake that is under way still has it
    }

    /// <summary>How long to wait for events.</summary>
    private int FallAsleep()
    {
        lock (_sync)
        {
            var milliseconds = _stopped || _posted.Count > 0 || _deferred.Count > 0 ? 0
                : _round.Exists ? WaitForRoundLocked()
                : Timeout.Infinite;
            _asleep = milliseconds != 0;
            return milliseconds;
        }
    }

    private List<IThreadPoolWorkItem> Awake()
    {
        lock (_sync)
        {
            _asleep = false;
            var posted = _posted;
            _posted = _spare;
            _spare = posted;
            return posted;
        }
    }

    private IThreadPoolWorkItem? TakeRound(out long scheduledAt)
    {
        lock (_sync)
        {
            scheduledAt = 0;
            return _round.Exists && WaitForRoundLocked() == 0 ? _round.Take(out scheduledAt) : null;
        }
    }

    private int WaitForRoundLocked() =>
        _pace.IsBusy && _round.Rest is { Ticks: > 0 } rest ? (int)Math.Ceiling(rest.TotalMilliseconds) : 0;
}
