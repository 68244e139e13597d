namespace WsCluster.Gateway.Connections;

/// <summary>
/// Sends for many connections. Whatever concerns their queues comes through one inbox and is done in its order, a round at a
/// time: first everything is put into the connections' queues, then each connection that has something is sent to once. So the
/// queues need no locks, a publication to thousands is one entry here, and what waits is joined into few sends.
/// </summary>
internal sealed class WriterShard : IThreadPoolWorkItem
{
    /// <summary>Bytes of publications that may wait for a round. Who should have got one more is closed as slow (3008).</summary>
    public const int MaxWaitingBytes = 64 * 1024 * 1024;

    private const int Smoothing = 8;

    private readonly Lock _sync = new();
    private readonly IWriterScheduler? _scheduler;
    private readonly TimeProvider _time;
    private readonly List<ConnectionWriter> _unsent = []; // of the round that runs
    private List<Work> _inbox = []; // guarded by _sync, like the fields below
    private List<Work> _spare = [];
    private long _number; // of the inbox; a fan-out that waits in it may take more messages
    private int _waitingBytes;
    private TimeSpan _sendTime; // of one message to one connection, smoothed
    private TimeSpan? _joinInterval; // how long the round is to wait, the least that was asked for; null when nobody asked
    private bool _scheduled;
    private bool _running;

    /// <summary>Makes a shard.</summary>
    /// <param name="time">Tells how long sending takes.</param>
    /// <param name="scheduler">Runs its rounds; null for the thread pool.</param>
    public WriterShard(TimeProvider time, IWriterScheduler? scheduler = null)
    {
        _time = time;
        _scheduler = scheduler;
    }

    /// <summary>True when everything that was posted has been done.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_sync)
            {
                return _inbox.Count == 0 && !_running;
            }
        }
    }

    /// <summary>Bytes of publications that wait for the next round, for whomever they are.</summary>
    public int WaitingBytes => Volatile.Read(ref _waitingBytes);

    /// <summary>What is to be done to a connection's queue.</summary>
    public void Post(ConnectionWriter writer, WriterStep step, OutboundMessage? message = null)
    {
        lock (_sync)
        {
            AddLocked(new Work(writer, step, message), joinInterval: null);
        }
    }

    /// <summary>
    /// Posts a message to many connections: with the fan-out that waits for the same ones already, or as a new one. False when
    /// too much waits.
    /// </summary>
    /// <param name="waiting">The audience's last fan-out; becomes the one that has the message.</param>
    /// <param name="audience">Who gets it.</param>
    /// <param name="message">What they get.</param>
    /// <param name="join">Whether the round is to wait for more; null for no matter.</param>
    public bool TryPost(ref FanOut? waiting, FanOut.Audience audience, OutboundMessage message, JoinRequest? join)
    {
        lock (_sync)
        {
            if (_waitingBytes + message.Length > MaxWaitingBytes)
            {
                return false;
            }

            _waitingBytes += message.Length;
            if (waiting is not null && waiting.Inbox == _number)
            {
                waiting.Add(message);
            }
            else
            {
                waiting = new FanOut(audience, message, _number);
                AddLocked(new Work(waiting, default, null), join?.WaitFor(_sendTime * audience.Count));
            }

            return true;
        }
    }

    /// <summary>Runs a round.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        var round = TakeInbox();
        var start = _time.GetTimestamp();
        foreach (var work in round)
        {
            switch (work.Target)
            {
                case FanOut fanOut:
                    fanOut.Deliver(_unsent);
                    break;
                case ConnectionWriter writer:
                    writer.Take(work.Step, work.Message, _unsent);
                    break;
            }
        }

        foreach (var writer in _unsent)
        {
            writer.Send();
        }

        var sendTime = _time.GetElapsedTime(start) / Math.Max(1, _unsent.Count);
        _unsent.Clear();
        round.Clear();
        EndRound(round, sendTime);
    }

    private List<Work> TakeInbox()
    {
        lock (_sync)
        {
            var round = _inbox;
            _inbox = _spare;
            _number++;
            _waitingBytes = 0;
            _joinInterval = null;
            (_scheduled, _running) = (false, true);
            return round;
        }
    }

    private void EndRound(List<Work> round, TimeSpan sendTime)
    {
        lock (_sync)
        {
            _spare = round;
            _sendTime += (sendTime - _sendTime) / Smoothing;
            _running = false;
            if (_inbox.Count > 0)
            {
                ScheduleLocked();
            }
        }
    }

    private void AddLocked(Work work, TimeSpan? joinInterval)
    {
        var isFirst = _inbox.Count == 0;
        var isLess = joinInterval < _joinInterval;
        _inbox.Add(work);
        _joinInterval = _joinInterval is null || isLess ? joinInterval : _joinInterval;
        if ((isFirst || isLess) && !_running) // else the end of the round does it
        {
            ScheduleLocked();
        }
    }

    private void ScheduleLocked()
    {
        if (_scheduler is not null)
        {
            _scheduler.Schedule(this, _joinInterval ?? TimeSpan.Zero);
        }
        else if (!_scheduled)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        _scheduled = true;
    }

    /// <summary>A fan-out, or a step of one connection's queue.</summary>
    private readonly record struct Work(object Target, WriterStep Step, OutboundMessage? Message);
}
