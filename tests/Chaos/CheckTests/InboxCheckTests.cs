using WsCluster.Tests.Chaos.Check;

namespace WsCluster.Tests.Chaos.CheckTests;

/// <summary>A good log of looks into inboxes is accepted, and rejected after any one number in it was changed.</summary>
public sealed class InboxCheckTests
{
    private const string Epoch = "e";

    /// <summary>Looks and marks of two users; one mark has no answer and counted, one look overlaps a mark.</summary>
    private readonly List<InboxRecord> _good =
    [
        Look("anna", 0, 1, offset: 0, read: 0),
        Look("anna", 10, 11, offset: 4, read: 0),
        Mark("anna", 3, 12, 13, offset: 4, read: 3),
        Look("anna", 20, 21, offset: 6, read: 3),
        new("anna", 5, 22, 27, null),
        Look("anna", 23, 30, offset: 7, read: 3), // before that mark, or after it
        Look("anna", 40, 41, offset: 7, read: 5),
        Mark("anna", 9, 42, 43, offset: 8, read: 8), // all that is there
        Look("anna", 90, 91, offset: 10, read: 8),
        Look("bert", 5, 6, offset: 1, read: 0),
        Look("bert", 92, 93, offset: 2, read: 0),
    ];

    public static TheoryData<int> EachRecord => [.. Enumerable.Range(0, 11)];

    [Fact]
    public void Check_GoodLog_FindsNothing() => Assert.Empty(Check(_good));

    [Theory, MemberData(nameof(EachRecord))]
    public void Check_AnyCountOfUnread_MustBeRight(int at) => AssertFound(at, state => state with { Unread = state.Unread + 1 });

    [Theory, MemberData(nameof(EachRecord))]
    public void Check_AnyReadBeyondWhatWasMarked_IsFound(int at)
    {
        if (_good[at].UpTo != 9) // what it marked covers one more
        {
            AssertFound(at, state => state with { Offset = 10, Read = 10, Unread = 0 });
        }
    }

    [Theory, InlineData(2), InlineData(3), InlineData(6), InlineData(7), InlineData(8)]
    public void Check_AnyMarkTakenBack_IsFound(int at) => AssertFound(at, state => state with { Read = 2, Unread = state.Offset - 2 });

    [Theory, MemberData(nameof(EachRecord))]
    public void Check_AnyOtherEpoch_IsFound(int at) => AssertFound(at, state => state with { Epoch = "other" });

    [Theory, InlineData(8), InlineData(10)]
    public void Check_LastLookMissesAMessage_IsFound(int at) => AssertFound(at, state => state with { Offset = state.Offset - 1, Unread = state.Unread - 1 });

    [Fact]
    public void Check_NoLastAnswer_IsFound() => Assert.NotEmpty(Check([.. _good, new InboxRecord("anna", 0, 95, 96, null)]));

    [Fact]
    public void Check_InboxGone_IsFound() => Assert.NotEmpty(Check([.. _good, Look("carl", 90, 91, offset: 0, read: 0)]));

    private static InboxRecord Look(string user, long from, long to, ulong offset, ulong read) => Mark(user, 0, from, to, offset, read);

    private static InboxRecord Mark(string user, ulong upTo, long from, long to, ulong offset, ulong read) =>
        new(user, upTo, from, to, new InboxReading(Epoch, offset, read, offset - read));

    private void AssertFound(int at, Func<InboxReading, InboxReading> change)
    {
        if (_good[at].State is { } state)
        {
            var log = new List<InboxRecord>(_good) { [at] = _good[at] with { State = change(state) } };
            Assert.NotEmpty(Check(log));
        }
    }

    private static IReadOnlyList<Violation> Check(IEnumerable<InboxRecord> records)
    {
        var violations = new Violations();
        var check = new InboxCheck(violations);
        foreach (var record in records)
        {
            check.Take(record);
        }

        check.Finish(new Dictionary<string, ChannelHistory> { ["anna"] = new("inbox:#anna", Epoch, 10, []), ["bert"] = new("inbox:#bert", Epoch, 2, []) });
        Assert.All(violations.Kept, violation => Assert.Equal(Invariant.Inboxes, violation.Invariant));
        return violations.Kept;
    }
}
