using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace WsCluster.Load;

/// <summary>A connection that publishes, by the clock or as fast as its publications arrive.</summary>
internal sealed class Publisher : Connection
{
    private const int FirstPublishId = 2; // the publication n has the command id n + 2
    private const int MaxBatchBytes = 32 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly LoadOptions _options;
    private readonly LoadPlan _plan;
    private readonly LoadRunState _state;
    private readonly ArrayBufferWriter<byte> _commands = new(MaxBatchBytes);
    private readonly ArrayBufferWriter<byte> _command = new(1024);
    private readonly byte[] _payload;
    private readonly ConcurrentDictionary<long, byte> _refused = new();
    private long _batchCount;
    private long _oldestDue; // of the batch

    public Publisher(LoadOptions options, LoadPlan plan, LoadRunState state, int number)
        : base(options.PublishUrl, state.Troubles)
    {
        (_options, _plan, _state, Number) = (options, plan, state, number);
        _payload = LoadPayload.Template(options.PayloadBytes);
        Flight = options.Window > 0 ? new Flight(plan.WindowOf(number)) : null;
    }

    public int Number { get; }

    /// <summary>What it has in flight, in a closed loop.</summary>
    public Flight? Flight { get; }

    /// <summary>Publications sent, counted from 0.</summary>
    public long Published { get; private set; }

    /// <summary>Those of them sent within the measured time.</summary>
    public long PublishedInWindow { get; private set; }

    public int Refused => _refused.Count;

    public bool WasRefused(long publication) => _refused.ContainsKey(publication);

    public override void Dispose()
    {
        Flight?.Dispose();
        base.Dispose();
    }

    /// <summary>Publishes from the start of the window's warm-up to its end.</summary>
    public async Task PublishAsync()
    {
        try
        {
            await MeasuredWindow.UntilAsync(_state.Window!.PublishFrom);
            await (Flight is null ? PublishByClockAsync() : PublishInFlightAsync(Flight));
        }
        catch (SocketException e)
        {
            Troubles.Add($"a publisher could not send: {e.Message}");
        }
    }

    protected override ReadOnlySpan<byte> FirstCommands() => "{\"id\":1,\"connect\":{\"name\":\"load\"}}"u8;

    protected override void Connected() => BecomeReady();

    protected override void Take(ReadOnlySpan<byte> message, long receivedAt)
    {
        if (!message.StartsWith("{\"id\":"u8) || !Utf8Parser.TryParse(message[6..], out uint id, out _))
        {
            Troubles.Add($"a publisher got {Shorten(message)}");
        }
        else if (message.IndexOf("\"error\":"u8) is >= 0 and var error)
        {
            _refused.TryAdd(id - FirstPublishId, 0);
            Flight?.Abandon(id - FirstPublishId);
            Troubles.Add($"publication refused: {Shorten(message[error..])}");
        }
    }

    // The schedule does not wait for anything: what a slow server makes late is late, and its latency says so.
    private async Task PublishByClockAsync()
    {
        var interval = Stopwatch.Frequency / _options.Rate; // between any two publications
        var first = _state.Window!.PublishFrom + (long)(Number * interval);
        for (var count = 0L; !HasEnded; count++)
        {
            var due = first + (long)(count * interval * _options.Publishers);
            if (due >= _state.Window.End)
            {
                break;
            }

            if (due > Stopwatch.GetTimestamp())
            {
                await SendBatchAsync();
                await MeasuredWindow.UntilAsync(due);
            }

            Append(due);
            if (_commands.WrittenCount >= MaxBatchBytes)
            {
                await SendBatchAsync();
            }
        }

        await SendBatchAsync();
    }

    private async Task PublishInFlightAsync(Flight flight)
    {
        while (Stopwatch.GetTimestamp() < _state.Window!.End && !HasEnded)
        {
            if (!await flight.WaitAsync(Patience))
            {
                Troubles.Add($"a publisher stopped: for {Patience.TotalSeconds} s none of its publications reached all subscribers");
                return;
            }

            do
            {
                var now = Stopwatch.GetTimestamp();
                flight.Begin(Published, _plan.SubscribersOf(_plan.ChannelOf(Number, Published)));
                Append(now);
            }
            while (_commands.WrittenCount < MaxBatchBytes && flight.TryTake());
            await SendBatchAsync();
        }
    }

    // One command per frame, as clients send them.
    private void Append(long due)
    {
        if (_batchCount++ == 0)
        {
            _oldestDue = due;
        }

        new LoadPayload(Number, Published, due).Write(_payload);
        _command.ResetWrittenCount();
        _command.Write("{\"id\":"u8);
        Utf8Formatter.TryFormat((uint)(Published + FirstPublishId), _command.GetSpan(10), out var written);
        _command.Advance(written);
        _command.Write(",\"publish\":{\"channel\":\""u8);
        _command.Write(_plan.NameOf(_plan.ChannelOf(Number, Published)).Span);
        _command.Write("\",\"data\":"u8);
        _command.Write(_payload);
        _command.Write("}}"u8);
        Frame.Write(_commands, FrameKind.Text, _command.WrittenSpan);
        Published++;
    }

    private async Task SendBatchAsync()
    {
        if (_batchCount == 0)
        {
            return;
        }

        var now = Stopwatch.GetTimestamp();
        if (_state.Window!.Contains(now))
        {
            PublishedInWindow += _batchCount;
            _state.Lateness.Add(now - _oldestDue);
        }

        await Link.SendAsync(_commands.WrittenMemory);
        _commands.ResetWrittenCount();
        _batchCount = 0;
    }
}
