using System.Diagnostics;
using System.Net.Sockets;
using WsCluster.Tests.Chaos.Check;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>
/// Publishes over a WebSocket connection as clients do: without a key and without repeating. What has no answer when the
/// connection ends stays unknown. The gateway works the commands of one connection off in order, so each connection is a line
/// of its own.
/// </summary>
internal sealed class SocketPublisher(int number, Balancer balancer, PublishLog log)
{
    private const int MaxUnderWay = 500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromMilliseconds(300);

    private static int _lines;

    private readonly Lock _sync = new(); // guards all below
    private readonly Dictionary<int, (string Channel, PayloadId Id, long StartedAt)> _underWay = [];
    private readonly ServerMessage _message = new();
    private ClientSocket? _socket;
    private CancellationTokenSource? _connection;
    private long _sequence;
    private int _line;
    private int _nextId;
    private bool _isConnected;

    /// <summary>Publishes to one channel after the other at this rate, over one connection after the other.</summary>
    public async Task RunAsync(IReadOnlyList<string> channels, int rate, CancellationToken stop)
    {
        var turn = number;
        var publishing = OpenLoop.RunAsync(rate, () => Publish(channels[turn++ % channels.Count]), stop);
        while (!stop.IsCancellationRequested)
        {
            await ConnectAndReadAsync(stop);
            await Task.Delay(ReconnectDelay, stop).ContinueWith(_ => { }, TaskScheduler.Default);
        }

        await publishing;
    }

    private async Task ConnectAndReadAsync(CancellationToken stop)
    {
        if (balancer.Next() is not { } gateway)
        {
            return;
        }

        using var connection = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            connection.CancelAfter(TimeSpan.FromSeconds(5)); // for the connect command
            using var socket = await ClientSocket.OpenAsync(gateway, _sync, connection.Token);
            lock (_sync)
            {
                (_socket, _connection, _nextId, _line) = (socket, connection, 1, Interlocked.Increment(ref _lines));
                socket.Send("""{"id":1,"connect":{"name":"publisher"}}""");
            }

            await socket.ReadAsync(_message, Take, connection.Token);
        }
        catch (Exception e) when (e is SocketException or LoadException or OperationCanceledException or ObjectDisposedException)
        {
            // What was under way is settled below.
        }
        finally
        {
            End();
        }
    }

    private void Take()
    {
        if (_message.Kind == MessageKind.Connected)
        {
            _isConnected = true;
        }
        else if (_message.Kind == MessageKind.Ping)
        {
            _socket!.Pong();
        }
        else if (_underWay.Remove(_message.Id, out var publication))
        {
            Settle(publication, _message.Kind switch
            {
                MessageKind.Published => PublishOutcome.Acknowledged,
                MessageKind.Error when _message.Code != 100 => PublishOutcome.Refused,
                _ => PublishOutcome.Unknown,
            });
        }

        _connection!.CancelAfter(Patience); // a server that says nothing for this long is gone
    }

    private void Publish(string channel)
    {
        lock (_sync)
        {
            if (!_isConnected || _underWay.Count >= MaxUnderWay)
            {
                log.Skip();
                return;
            }

            var id = ++_nextId;
            var payload = new PayloadId(number, ++_sequence);
            _underWay[id] = (channel, payload, Stopwatch.GetTimestamp());
            _socket!.Send($$$"""{"id":{{{id}}},"publish":{"channel":"{{{channel}}}","data":{{{ChaosPayload.Write(channel, payload)}}}}}""");
        }
    }

    private void End()
    {
        lock (_sync)
        {
            foreach (var publication in _underWay.Values)
            {
                Settle(publication, PublishOutcome.Unknown);
            }

            _underWay.Clear();
            (_socket, _connection, _isConnected) = (null, null, false);
        }
    }

    private void Settle((string Channel, PayloadId Id, long StartedAt) publication, PublishOutcome outcome) => log.Add(new PublishRecord(
        publication.Channel, publication.Id, publication.StartedAt, Stopwatch.GetTimestamp(), outcome, Line: _line));
}
