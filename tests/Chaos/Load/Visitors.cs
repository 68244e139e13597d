using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using WsCluster.Tests.Chaos.Check;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>
/// Users who look in and go again, whatever the cluster does: each connects with a token, is subscribed to a channel by the server, reads
/// the history and the presence of another, and writes down how long each took. What is not answered within 5 s is given up.
/// </summary>
internal sealed class Visitors(Balancer balancer, ChaosChannels channels)
{
    private const int Users = 12;
    private const int MaxUnderWay = 500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _sync = new();
    private List<VisitRecord> _records = []; // guarded by _sync
    private int _underWay;
    private int _turn;

    /// <summary>Lets that many visit in a second.</summary>
    public Task RunAsync(int rate, CancellationToken stop) => OpenLoop.RunAsync(rate, Begin, stop);

    /// <summary>Waits until every visit has ended.</summary>
    public async Task SettleAsync()
    {
        while (Volatile.Read(ref _underWay) > 0)
        {
            await Task.Delay(20);
        }
    }

    /// <summary>Hands over the records since the last time.</summary>
    public List<VisitRecord> Drain()
    {
        lock (_sync)
        {
            var records = _records;
            _records = [];
            return records;
        }
    }

    private void Begin()
    {
        if (balancer.Next() is not { } gateway || Volatile.Read(ref _underWay) >= MaxUnderWay)
        {
            return;
        }

        var turn = _turn++;
        Interlocked.Increment(ref _underWay);
        _ = FinishAsync();

        async Task FinishAsync()
        {
            try
            {
                await VisitAsync(gateway, $"visitor-{turn % Users}", channels.Visited[turn % channels.Visited.Count], channels.WithPresence[turn % channels.WithPresence.Count]);
            }
            finally
            {
                Interlocked.Decrement(ref _underWay);
            }
        }
    }

    private async Task VisitAsync(Uri gateway, string user, string subscribed, string read)
    {
        WebSocketLink link;
        using var opening = new CancellationTokenSource(Patience);
        try
        {
            link = await WebSocketLink.OpenAsync(new Uri(gateway, "/connection/websocket"), opening.Token);
        }
        catch (Exception e) when (IsOfTheConnection(e))
        {
            return; // the gateway itself is away: no question of the ways behind it
        }

        using (link)
        {
            var token = ChaosUsers.TokenOf(user, subscribed);
            _ = await AskAsync(link, $"{gateway.Port}: connect of {user}", $$$"""{"id":1,"connect":{"token":"{{{token}}}"}}""")
                && await AskAsync(link, $"{gateway.Port}: history of {read}", $$$"""{"id":2,"history":{"channel":"{{{read}}}","limit":1}}""")
                && await AskAsync(link, $"{gateway.Port}: presence of {read}", $$$"""{"id":3,"presence":{"channel":"{{{read}}}"}}""")
                && await AskAsync(link, $"{gateway.Port}: presence stats of {read}", $$$"""{"id":4,"presence_stats":{"channel":"{{{read}}}"}}""");
        }
    }

    /// <summary>False when there was no answer, or none that is one: then the visit is over.</summary>
    private async Task<bool> AskAsync(WebSocketLink link, string question, string command)
    {
        var start = Stopwatch.GetTimestamp();
        var isAnswered = false;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await link.SendAsync(Frame.Of(FrameKind.Text, Encoding.UTF8.GetBytes(command)));
            isAnswered = await ReadAnswerAsync(link, patience.Token);
        }
        catch (Exception e) when (IsOfTheConnection(e))
        {
            if (!patience.IsCancellationRequested)
            {
                return false; // the gateway went, and its visitors with it
            }
        }

        lock (_sync)
        {
            _records.Add(new VisitRecord(question, start, Stopwatch.GetTimestamp(), isAnswered));
        }

        return isAnswered;
    }

    /// <summary>Passes over what is pushed meanwhile, and answers no pings: a visit is shorter.</summary>
    private static async Task<bool> ReadAnswerAsync(WebSocketLink link, CancellationToken cancellation)
    {
        while (await link.ReceiveAsync(cancellation))
        {
            while (link.TryRead(out var kind, out var payload))
            {
                if (kind == FrameKind.Close)
                {
                    throw new LoadException("closed");
                }

                foreach (var range in payload.Split((byte)'\n'))
                {
                    if (payload[range] is { IsEmpty: false } message && IsReply(message, out var isError))
                    {
                        return !isError;
                    }
                }
            }
        }

        throw new LoadException("ended");
    }

    private static bool IsReply(ReadOnlySpan<byte> message, out bool isError)
    {
        var json = new Utf8JsonReader(message);
        using var document = JsonDocument.ParseValue(ref json);
        isError = document.RootElement.TryGetProperty("error", out _);
        return document.RootElement.TryGetProperty("id", out _);
    }

    private static bool IsOfTheConnection(Exception e) =>
        e is SocketException or LoadException or OperationCanceledException or ObjectDisposedException or JsonException;
}
