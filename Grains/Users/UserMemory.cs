using WsCluster.Grains.Behaviors;

namespace WsCluster.Grains.Users;

/// <summary>One activation's view of its user's record: read once, written through. After a failed write it is read again.</summary>
internal sealed class UserMemory(string user, IUserStore store)
{
    private readonly TurnLock _turn = new();
    private (UserRecord Record, long Version)? _known;
    private bool _isCertain; // false as well while a write is under way

    /// <summary>The record as it was read by <see cref="LoadAsync"/>, or written since.</summary>
    public UserRecord Record => _known!.Value.Record;

    /// <summary>Counts the reads: what was made of a record of another read may be out of date.</summary>
    public int Reads { get; private set; }

    /// <summary>Reads the record unless it is known.</summary>
    /// <exception cref="WsClusterException">The store is away: temporary.</exception>
    public async ValueTask LoadAsync()
    {
        if (!_isCertain)
        {
            await _turn.EnterAsync();
            try
            {
                await ReadAsync();
            }
            finally
            {
                _turn.Exit();
            }
        }
    }

    /// <summary>Changes the record. When it returns, the change is as safe as the store makes it.</summary>
    /// <exception cref="WsClusterException">It is not, or nobody knows: temporary.</exception>
    public async Task UpdateAsync(Func<UserRecord, UserRecord> change)
    {
        await _turn.EnterAsync();
        try
        {
            await ReadAsync();
            var (record, version) = _known!.Value;
            var changed = change(record);
            if (changed == record)
            {
                return;
            }

            _isCertain = false;
            if (!await store.TryWriteAsync(user, changed, version))
            {
                throw new WsClusterException(ErrorCode.Internal, "The user's state was changed elsewhere: try again.");
            }

            _known = (changed, version + 1);
            _isCertain = true;
        }
        finally
        {
            _turn.Exit();
        }
    }

    private async ValueTask ReadAsync()
    {
        if (!_isCertain)
        {
            _known = await store.ReadAsync(user);
            _isCertain = true;
            Reads++;
        }
    }
}
