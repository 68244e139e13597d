using System.Diagnostics;
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
        using var conversation = await Conversation.TryOpenAsync(gateway);
        if (conversation is null)
        {
            return; // no question of the ways behind it
        }

        try
        {
            var token = ChaosUsers.TokenOf(user, subscribed);
            _ = await AskAsync(conversation, $"{gateway.Port}: connect of {user}", $$$"""{"id":1,"connect":{"token":"{{{token}}}"}}""")
                && await AskAsync(conversation, $"{gateway.Port}: history of {read}", $$$"""{"id":2,"history":{"channel":"{{{read}}}","limit":1}}""")
                && await AskAsync(conversation, $"{gateway.Port}: presence of {read}", $$$"""{"id":3,"presence":{"channel":"{{{read}}}"}}""")
                && await AskAsync(conversation, $"{gateway.Port}: presence stats of {read}", $$$"""{"id":4,"presence_stats":{"channel":"{{{read}}}"}}""");
        }
        catch (LoadException)
        {
            // The gateway went, and its visitors with it.
        }
    }

    /// <summary>False when there was no answer, or none that is one: then the visit is over.</summary>
    private async Task<bool> AskAsync(Conversation conversation, string question, string command)
    {
        var start = Stopwatch.GetTimestamp();
        var isAnswered = await conversation.AskAsync(command) is { } reply && !reply.TryGetProperty("error", out _);
        lock (_sync)
        {
            _records.Add(new VisitRecord(question, start, Stopwatch.GetTimestamp(), isAnswered));
        }

        return isAnswered;
    }
}
