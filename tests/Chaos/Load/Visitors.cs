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

    private readonly ShortCalls<VisitRecord> _calls = new(balancer, MaxUnderWay);

    /// <summary>Lets that many visit a second.</summary>
    public Task RunAsync(int rate, CancellationToken stop) => _calls.RunAsync(rate, VisitAsync, stop);

    /// <summary>Waits until all have gone.</summary>
    public Task SettleAsync() => _calls.SettleAsync();

    /// <summary>Hands over the records since the last time.</summary>
    public List<VisitRecord> Drain() => _calls.Drain();

    private Task VisitAsync(Uri gateway, int turn) => VisitAsync(
        gateway, $"visitor-{turn % Users}", channels.Visited[turn % channels.Visited.Count], channels.WithPresence[turn % channels.WithPresence.Count]);

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
        _calls.Add(new VisitRecord(question, start, Stopwatch.GetTimestamp(), isAnswered));
        return isAnswered;
    }
}
