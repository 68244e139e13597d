using System.Runtime.CompilerServices;

namespace WsCluster.Client.Subscriptions;

/// <summary>
/// Publications between the loop, which writes and never waits, and the application's reader. Full: the write is refused, or the
/// oldest dropped. What comes after a gap in its channel is marked.
/// </summary>
internal sealed class PublicationBuffer(int capacity, Action onSpace)
{
    // All below under a lock on _waiting.
    private readonly Queue<Publication> _waiting = new();
    private readonly HashSet<string> _gaps = []; // channels whose next publication to be written comes after a gap
    private readonly HashSet<string> _dropped = []; // channels whose next publication to be read comes after a gap
    private TaskCompletionSource? _signal;
    private int _readers;
    private bool _wantsSpace;
    private bool _ended;
    private WsClusterClientException? _failure;

    /// <summary>
    /// Adds one. When the buffer is full: false if <paramref name="mayRefuse"/> and somebody reads, and <c>onSpace</c> follows when
    /// half of it is free or nobody reads any more; else the oldest is dropped.
    /// </summary>
    public bool Write(Publication publication, bool mayRefuse)
    {
        lock (_waiting)
        {
            if (_waiting.Count >= capacity)
            {
                if (mayRefuse && _readers > 0)
                {
                    _wantsSpace = true;
                    return false;
                }

                _dropped.Add(_waiting.Dequeue().Channel);
            }

            _waiting.Enqueue(_gaps.Remove(publication.Channel) ? publication with { AfterGap = true } : publication);
            Signal();
            return true;
        }
    }

    /// <summary>The next publication of this channel comes after a gap.</summary>
    public void MarkGap(string channel)
    {
        lock (_waiting)
        {
            _gaps.Add(channel);
        }
    }

    /// <summary>Readers get what is left and then end, with this failure or without. Until <see cref="Reopen"/>.</summary>
    public void End(WsClusterClientException? failure)
    {
        lock (_waiting)
        {
            _ended = true;
            _failure = failure;
            Signal();
        }
    }

    public void Reopen()
    {
        lock (_waiting)
        {
            _ended = false;
            _failure = null;
        }
    }

    public async IAsyncEnumerable<Publication> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        lock (_waiting)
        {
            _readers++;
        }

        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (TryRead(out var publication, out var signal))
                {
                    yield return publication;
                }
                else if (signal is not null)
                {
                    await signal.WaitAsync(cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    yield break;
                }
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>The next publication; else what to wait for; else the end.</summary>
    private bool TryRead([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Publication? publication, out Task? signal)
    {
        var space = false;
        signal = null;
        lock (_waiting)
        {
            if (_waiting.TryDequeue(out publication))
            {
                if (_dropped.Remove(publication.Channel))
                {
                    publication = publication with { AfterGap = true };
                }

                if (_wantsSpace && _waiting.Count <= capacity / 2)
                {
                    _wantsSpace = false;
                    space = true;
                }
            }
            else if (!_ended)
            {
                signal = (_signal ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
            else if (_failure is not null)
            {
                throw new WsClusterClientException(_failure.Code, _failure.Reason, _failure.IsTemporary); // each reader its own
            }
        }

        if (space)
        {
            onSpace();
        }

        return publication is not null;
    }

    private void Leave()
    {
        var space = false;
        lock (_waiting)
        {
            if (--_readers == 0 && _wantsSpace)
            {
                _wantsSpace = false;
                space = true;
            }
        }

        if (space)
        {
            onSpace();
        }
    }

    private void Signal()
    {
        _signal?.TrySetResult();
        _signal = null;
    }
}
