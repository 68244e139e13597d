using System.Text;
using WsCluster.Configuration;
using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Gateway.Transports;

namespace WsCluster.Tests.Unit.Receive;

/// <summary>A client of <see cref="ReceivingGateway"/>: what it asks for, and each message that its transport got, as text.</summary>
internal sealed class TestClient
{
    private readonly ReceivingGateway _gateway;
    private readonly LoggedTransport _transport = new();
    private uint _id;

    public TestClient(ReceivingGateway gateway, string user)
    {
        _gateway = gateway;
        Connection = new Connection(_transport, ProtocolCodecs.Json, gateway.Options, gateway.Clock);
        Connection.Authenticated(new ClientIdentity { User = user });
        _ = CleanUpAsync();
    }

    public Connection Connection { get; }

    /// <summary>Where recovering subscribe commands stood, by command id.</summary>
    public Dictionary<uint, StreamPosition> Asked { get; } = [];

    /// <summary>All messages so far.</summary>
    public IReadOnlyList<string> Log => _transport.Log;

    /// <summary>What was sent together, of all messages so far.</summary>
    public int Frames => _transport.Frames;

    /// <summary>From now on it reads nothing.</summary>
    public void Stall() => _transport.Stall();

    /// <summary>It reads again.</summary>
    public void Resume() => _transport.Resume();

    /// <summary>True when everything queued has been sent.</summary>
    public bool IsFlushed => Connection.Writer.Shard.IsIdle && Connection.Writer.QueuedBytes == 0;

    /// <summary>What a positioned subscriber asks for.</summary>
    public static SubscriptionTraits Positioned { get; } = new() { Positioned = true, Recoverable = true };

    /// <summary>The whole message that brings a publication.</summary>
    public static string Push(string data, int offset) =>
        "{\"push\":{\"channel\":\"news\",\"pub\":{\"data\":" + data + ",\"offset\":" + offset + "}}}";

    public async Task<ErrorCode> SubscribeAsync(
        SubscriptionTraits? traits = null,
        StreamPosition? from = null,
        ChannelOptions? options = null,
        bool serverSide = false,
        bool rejectUnrecovered = false,
        string channel = "news",
        Grant? grant = null)
    {
        var id = ++_id;
        if (from is { } position)
        {
            Asked[id] = position;
        }

        var plan = new SubscriptionPlan
        {
            Channel = channel,
            Options = options ?? new ChannelOptions { HistorySize = 1000, HistoryTtl = TimeSpan.FromMinutes(1) },
            Traits = traits ?? new SubscriptionTraits(),
            RecoverFrom = from,
            RejectUnrecovered = rejectUnrecovered,
            Grant = grant ?? Grant.ByOptions,
        };
        var refusal = await _gateway.Subscriptions.SubscribeAsync(Connection, plan, serverSide, (_, result) =>
            Connection.Send(new Reply { Id = id, Subscribe = result }, result.Delta));
        return refusal.Error;
    }

    public async Task UnsubscribeAsync(string channel = "news")
    {
        var id = ++_id;
        await _gateway.Subscriptions.UnsubscribeAsync(Connection, channel);
        Connection.Send(new Reply { Id = id, Unsubscribe = new UnsubscribeResult() });
    }

    /// <summary>Waits until exactly these messages have come since the last look; each is a part of the message's text.</summary>
    public async Task ExpectAsync(params string[] parts)
    {
        var from = Seen;
        try
        {
            await Wait.UntilAsync(string.Join(" | ", parts), () => Log.Count >= from + parts.Length);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} There are: {string.Join(" | ", Log.Skip(from))}");
        }

        Seen = from + parts.Length;
        for (var i = 0; i < parts.Length; i++)
        {
            Assert.Contains(parts[i], Log[from + i], StringComparison.Ordinal);
        }
    }

    /// <summary>Everything that came was expected. A marker sent through the same queue proves that nothing is on its way.</summary>
    public async Task ExpectNothingAsync()
    {
        Connection.Send(new Reply());
        await ExpectAsync("{}");
        Assert.Equal(Seen, Log.Count);
    }

    private int Seen { get; set; }

    private async Task CleanUpAsync()
    {
        await Connection.Ended;
        _gateway.Subscriptions.EndAll(Connection);
    }

    private sealed class LoggedTransport : ITransport
    {
        private readonly List<string> _log = [];
        private volatile TaskCompletionSource? _stalled;
        private int _frames;

        public int Frames => Volatile.Read(ref _frames);

        public string Name => "logged";

        public bool SendsWebSocketFrames => false;

        public IReadOnlyList<string> Log
        {
            get
            {
                lock (_log)
                {
                    return [.. _log];
                }
            }
        }

        public void Stall() => _stalled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Resume()
        {
            var stalled = _stalled;
            _stalled = null;
            stalled?.SetResult();
        }

        public ValueTask SendAsync(ReadOnlyMemory<byte> frame)
        {
            lock (_log)
            {
                _log.AddRange(Encoding.UTF8.GetString(frame.Span).Split('\n'));
                _frames++;
            }

            return _stalled is { } stalled ? new ValueTask(stalled.Task) : ValueTask.CompletedTask;
        }

        public ValueTask CloseAsync(int code, string reason)
        {
            lock (_log)
            {
                _log.Add($"close {code} {reason}");
            }

            return ValueTask.CompletedTask;
        }

        public void Abort()
        {
        }
    }
}
