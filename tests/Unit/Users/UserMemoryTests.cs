using WsCluster.Grains.Users;

namespace WsCluster.Tests.Unit.Users;

/// <summary>Two activations of a user may be there for a moment: what one has saved the other does not overwrite.</summary>
public sealed class UserMemoryTests
{
    private readonly FailingStore _store = new();
    private readonly UserMemory _memory;

    public UserMemoryTests() => _memory = new UserMemory("anna", _store);

    [Fact]
    public async Task Update_RecordChangedElsewhere_FailsAndTheNextOneIsMadeOfTheNewer()
    {
        await _memory.UpdateAsync(record => record with { State = [1] });
        await new UserMemory("anna", _store).UpdateAsync(record => record with { State = [.. record.State!, 2] });

        Assert.True((await Assert.ThrowsAsync<WsClusterException>(() => _memory.UpdateAsync(record => record with { State = [9] }))).IsTemporary);
        await _memory.UpdateAsync(record => record with { State = [.. record.State!, 3] });

        Assert.Equal([1, 2, 3], _memory.Record.State!);
        Assert.Equal(2, _memory.Reads);
    }

    [Fact]
    public async Task Update_OutcomeUnknown_IsReadAgain()
    {
        await _memory.LoadAsync();
        _store.LosesAnswer = true;
        await Assert.ThrowsAsync<WsClusterException>(() => _memory.UpdateAsync(record => record with { State = [1] }));
        _store.LosesAnswer = false;

        await _memory.LoadAsync();

        Assert.Equal([1], _memory.Record.State!);
    }

    [Fact]
    public async Task Record_WhileAWriteIsUnderWay_IsTheOneBefore()
    {
        await _memory.UpdateAsync(record => record with { State = [1] });
        _store.Pause = new TaskCompletionSource();
        var writing = _memory.UpdateAsync(record => record with { State = [2] });

        Assert.Equal([1], _memory.Record.State!);

        _store.Pause.SetResult();
        await writing;
        Assert.Equal([2], _memory.Record.State!);
    }

    [Fact]
    public async Task Updates_AtOnce_FollowEachOther()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => _memory.UpdateAsync(record => record with { State = [.. record.State ?? [], (byte)i] })));

        Assert.Equal(50, _memory.Record.State!.Length);
    }

    private sealed class FailingStore : IUserStore
    {
        private readonly MemoryUserStore _store = new(TestMetrics.Grains());

        public bool LosesAnswer { get; set; }

        public TaskCompletionSource? Pause { get; set; }

        public Task<(UserRecord Record, long Version)> ReadAsync(string user) => _store.ReadAsync(user);

        public async Task<bool> TryWriteAsync(string user, UserRecord record, long version)
        {
            await (Pause?.Task ?? Task.CompletedTask);
            var written = await _store.TryWriteAsync(user, record, version);
            return LosesAnswer ? throw new WsClusterException(ErrorCode.Internal, "No answer.") : written;
        }
    }
}
