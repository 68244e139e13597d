using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace WsCluster.Load;

/// <summary>One client: connects, answers pings, and hands every message on.</summary>
internal abstract class Connection(Uri url, Troubles troubles) : IDisposable
{
    private static readonly byte[] PongCommand = Frame.Of(FrameKind.Text, "{}"u8);
    private static readonly byte[] NormalClose = Frame.Of(FrameKind.Close, [0x03, 0xe8]); // 1000

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebSocketLink? _link;
    private Task _reading = Task.CompletedTask;
    private byte[]? _owed; // what the messages read last ask us to send
    private bool _answersPings;
    private volatile bool _leaving;
    private volatile bool _ended;

    protected WebSocketLink Link => _link ?? throw new InvalidOperationException("Not open yet.");

    protected Troubles Troubles => troubles;

    /// <summary>True when the connection broke or the server closed it.</summary>
    protected bool HasEnded => _ended;

    /// <summary>Connects and waits until the server has answered all first commands.</summary>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        _link = await WebSocketLink.OpenAsync(url, cancellation);
        await _link.SendAsync(Frame.Of(FrameKind.Text, FirstCommands()));
        _reading = Task.Run(ReadAsync, CancellationToken.None);
        await _ready.Task.WaitAsync(cancellation);
    }

    /// <summary>Says goodbye and waits a moment for the server's answer.</summary>
    public async Task CloseAsync()
    {
        _leaving = true;
        try
        {
            if (_link is not null && !_ended)
            {
                await _link.SendAsync(NormalClose);
            }

            await _reading.WaitAsync(TimeSpan.FromSeconds(2));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or TimeoutException)
        {
            // It is over either way.
        }
    }

    public virtual void Dispose() => _link?.Dispose();

    /// <summary>The frame that the connection starts with: the connect command with id 1, and others.</summary>
    protected abstract ReadOnlySpan<byte> FirstCommands();

    /// <summary>Takes one protocol message that is neither a ping nor the reply to connect.</summary>
    protected abstract void Take(ReadOnlySpan<byte> message, long receivedAt);

    /// <summary>The server has answered all first commands.</summary>
    protected void BecomeReady() => _ready.TrySetResult();

    /// <summary>The server refused one of the first commands.</summary>
    protected void FailToStart(ReadOnlySpan<byte> message) =>
        _ready.TrySetException(new LoadException($"{url} refused to connect or subscribe: {Encoding.UTF8.GetString(message)}"));

    /// <summary>A message as it may be shown to people.</summary>
    protected static string Shorten(ReadOnlySpan<byte> message) =>
        Encoding.UTF8.GetString(message[..Math.Min(message.Length, 200)]);

    private async Task ReadAsync()
    {
        string? end = null;
        try
        {
            while (end is null)
            {
                if (!await Link.ReceiveAsync())
                {
                    end = "the connection ended without a close frame";
                    break;
                }

                end = TakeReceived(Stopwatch.GetTimestamp());
                if (_owed is { } owed && end is null)
                {
                    _owed = null;
                    await Link.SendAsync(owed);
                }
            }
        }
        catch (Exception e) when (e is SocketException or LoadException or ObjectDisposedException or OverflowException)
        {
            end = e.Message;
        }

        _ended = true;
        if (!_leaving)
        {
            troubles.Add($"connection lost: {end}");
        }

        _ready.TrySetException(new LoadException($"{url}: {end}"));
        _ = _ready.Task.Exception; // seen, also when nobody waits any more
    }

    // Returns why the connection ends, or null.
    private string? TakeReceived(long receivedAt)
    {
        while (Link.TryRead(out var kind, out var payload))
        {
            switch (kind)
            {
                case FrameKind.Text:
                    TakeMessages(payload, receivedAt);
                    break;
                case FrameKind.Ping:
                    _owed = Frame.Of(FrameKind.Pong, payload);
                    break;
                case FrameKind.Close:
                    return payload.Length < 2
                        ? "closed by the server"
                        : $"closed by the server: {BinaryPrimitives.ReadUInt16BigEndian(payload)} {Encoding.UTF8.GetString(payload[2..])}";
                default:
                    troubles.Add($"unexpected {kind} frame");
                    break;
            }
        }

        return null;
    }

    private void TakeMessages(ReadOnlySpan<byte> frame, long receivedAt)
    {
        foreach (var range in frame.Split((byte)'\n'))
        {
            var message = frame[range];
            if (message.SequenceEqual("{}"u8))
            {
                _owed = _answersPings ? PongCommand : null;
            }
            else if (message.StartsWith("{\"id\":1,"u8))
            {
                TakeConnectReply(message);
            }
            else if (!message.IsEmpty)
            {
                Take(message, receivedAt);
            }
        }
    }

    private void TakeConnectReply(ReadOnlySpan<byte> message)
    {
        if (message.IndexOf("\"error\":"u8) >= 0)
        {
            FailToStart(message);
            return;
        }

        _answersPings = message.IndexOf("\"pong\":true"u8) >= 0;
        Connected();
    }

    /// <summary>The connect command was accepted.</summary>
    protected virtual void Connected()
    {
    }
}
