using System.Diagnostics;
using System.Text.Json;
using WsCluster.Tests.Chaos.Check;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>Users who look into their inboxes and say up to where they have read, one connection after the other, each from any gateway.</summary>
internal sealed class InboxReaders(Balancer balancer, IReadOnlyList<string> users)
{
    private const int MaxUnderWay = 100;

    private readonly ShortCalls<InboxRecord> _calls = new(balancer, MaxUnderWay);

    /// <summary>Lets that many look in a second.</summary>
    public Task RunAsync(int rate, CancellationToken stop) => _calls.RunAsync(rate, ReadAsync, stop);

    /// <summary>Waits until all have gone.</summary>
    public Task SettleAsync() => _calls.SettleAsync();

    /// <summary>Hands over the records since the last time.</summary>
    public List<InboxRecord> Drain() => _calls.Drain();

    private Task ReadAsync(Uri gateway, int turn) => ReadAsync(gateway, users[turn % users.Count]);

    private async Task ReadAsync(Uri gateway, string user)
    {
        using var conversation = await Conversation.TryOpenAsync(gateway);
        try
        {
            if (conversation is not null
                && await conversation.AskAsync($$$"""{"id":1,"connect":{"token":"{{{ChaosUsers.TokenOf(user)}}}"}}""") is { } reply && reply.TryGetProperty("connect", out _)
                && await AskAsync(conversation, user, 0, """{"id":2,"rpc":{"method":"inbox/state","data":{}}}""") is { Unread: > 0 } state)
            {
                var upTo = state.Read + (state.Unread / 2) + 1; // something stays unread, mostly
                await AskAsync(conversation, user, upTo, $$$$"""{"id":3,"rpc":{"method":"inbox/read","data":{"offset":{{{{upTo}}}}}}}""");
            }
        }
        catch (LoadException)
        {
            // The gateway went; a mark under way is written down.
        }
    }

    private async Task<InboxReading?> AskAsync(Conversation conversation, string user, ulong upTo, string command)
    {
        var start = Stopwatch.GetTimestamp();
        InboxReading? state = null;
        try
        {
            var reply = await conversation.AskAsync(command);
            return state = reply is { } answer && answer.TryGetProperty("rpc", out var result) ? Read(result.GetProperty("data")) : null;
        }
        finally
        {
            _calls.Add(new InboxRecord(user, upTo, start, Stopwatch.GetTimestamp(), state));
        }
    }

    /// <summary>The state of an inbox, as clients and the HTTP API tell it.</summary>
    public static InboxReading Read(JsonElement state) => new(
        state.GetProperty("epoch").GetString()!,
        state.GetProperty("offset").GetUInt64(),
        state.GetProperty("read").GetUInt64(),
        state.GetProperty("unread").GetUInt64());
}
