using WsCluster.Behaviors;
using WsCluster.Configuration;
using WsCluster.Grains.Behaviors;

namespace WsCluster.Grains.Users;

/// <summary>
/// How far a user has read its inbox, and what becomes of what it does not read. The messages are in the inbox's channel; here is only
/// the cursor.
/// </summary>
/// <param name="options">The options of inboxes.</param>
/// <param name="memory">Keeps the cursor.</param>
/// <param name="readAfter">Reads the inbox: at most so many messages above an offset, oldest first.</param>
/// <param name="reminder">Is set while something may be unread.</param>
/// <param name="time">The clock.</param>
internal sealed class UserInbox(
    InboxOptions options, UserMemory memory, Func<ulong, int, Task<HistoryPage>> readAfter, IUnreadReminder reminder, TimeProvider time)
{
    /// <summary>Longer than a message that was announced may be under way.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(30);

    /// <summary>How often a behavior that failed is told again, at the longest.</summary>
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromMinutes(10);

    private readonly TurnLock _turn = new(); // of what looks at the reminder
    private long? _expected; // when a message was announced last
    private bool _isSet; // the reminder, as far as this activation knows

    private TimeSpan Period => options.UnreadAfter < LongestPeriod ? options.UnreadAfter : LongestPeriod;

    /// <summary>How far the user has read.</summary>
    /// <exception cref="WsClusterException">The inbox or the cursor is away: temporary.</exception>
    public async Task<InboxState> GetAsync()
    {
        await memory.LoadAsync();
        var cursor = memory.Record.Inbox;
        var page = await readAfter(cursor.Read, 1);
        if (cursor.Read > 0 && cursor.Epoch != page.Top.Epoch)
        {
            page = await readAfter(0, 1); // the inbox began anew
        }

        // What is no longer kept cannot be read any more.
        return new InboxState { Top = page.Top, ReadUpTo = page.Publications.Count > 0 ? page.Publications[0].Offset - 1 : page.Top.Offset };
    }

    /// <summary>The user has read up to a message. Says whether that is news.</summary>
    public async Task<(InboxState State, bool IsNews)> MarkReadAsync(ulong upTo)
    {
        var state = await GetAsync();
        var read = Math.Min(upTo, state.Top.Offset);
        if (read <= state.ReadUpTo)
        {
            return (state, false);
        }

        await memory.UpdateAsync(record => record with
        {
            Inbox = Of(record.Inbox, state.Top.Epoch) with
            {
                Read = read,
                AllReadAt = read == state.Top.Offset ? time.GetUtcNow() : record.Inbox.AllReadAt,
            },
        });
        return (state with { ReadUpTo = read }, true);
    }

    /// <summary>A message is about to be put in: the reminder is set when this returns.</summary>
    public async Task ExpectAsync()
    {
        if (options.UnreadAfter == TimeSpan.Zero)
        {
            return;
        }

        _expected = time.GetTimestamp();
        if (_isSet)
        {
            return;
        }

        await _turn.EnterAsync();
        try
        {
            _expected = time.GetTimestamp();
            if (!_isSet && !await reminder.IsSetAsync())
            {
                await reminder.SetAsync(options.UnreadAfter, Period);
            }

            _isSet = true;
        }
        finally
        {
            _turn.Exit();
        }
    }

    /// <summary>The reminder is due.</summary>
    /// <param name="tell">Tells the behavior, and makes the record say so; throws when it failed.</param>
    public async Task RemindAsync(Func<UnreadMessages, Func<UserRecord, UserRecord>, Task> tell)
    {
        await _turn.EnterAsync();
        try
        {
            _isSet = true;
            var state = await GetAsync();
            var cursor = Of(memory.Record.Inbox, state.Top.Epoch);
            var told = Math.Max(cursor.Told, state.ReadUpTo);
            if (told >= state.Top.Offset)
            {
                await ClearUnlessExpectedAsync();
            }
            else if (state.ReadUpTo >= cursor.Told && cursor.AllReadAt + options.UnreadAfter > time.GetUtcNow())
            {
                await reminder.SetAsync(options.UnreadAfter, Period); // all that is unread came after that
            }
            else
            {
                var page = await readAfter(told, UnreadMessages.MaxMessages);
                var unread = new UnreadMessages { Inbox = state, Messages = page.Publications, Key = $"{state.Top.Epoch}:{told + 1}" };
                var last = page.Publications.Count > 0 ? page.Publications[^1].Offset : state.Top.Offset; // what is left is told at the next time
                await tell(unread, record => record with { Inbox = Of(record.Inbox, state.Top.Epoch) with { Told = last } });
            }
        }
        finally
        {
            _turn.Exit();
        }
    }

    /// <summary>A cursor in an epoch; that of another one begins anew.</summary>
    private static InboxCursor Of(InboxCursor cursor, string epoch) => cursor.Epoch == epoch ? cursor : new InboxCursor { Epoch = epoch, AllReadAt = cursor.AllReadAt };

    private async Task ClearUnlessExpectedAsync()
    {
        if (_expected is { } at && time.GetElapsedTime(at) < Settled)
        {
            return; // that message may come after this look: the next one finds it
        }

        _isSet = false;
        await reminder.ClearAsync();
    }
}
