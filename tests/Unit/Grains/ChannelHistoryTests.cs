using Microsoft.Extensions.Time.Testing;
using WsCluster.Grains.History;

namespace WsCluster.Tests.Unit.Grains;

public sealed class ChannelHistoryTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void NewHistory_HasEpochAndOffsetZero()
    {
        var history = Create(10);

        Assert.Equal(0UL, history.Top.Offset);
        Assert.Equal(8, history.Top.Epoch.Length);
        Assert.Empty(history.ReadAfter(0, -1));
        Assert.Empty(history.ReadBefore(null, -1));
        Assert.Null(history.Latest);
    }

    [Fact]
    public void TwoHistories_HaveDifferentEpochs() => Assert.NotEqual(Create(1).Top.Epoch, Create(1).Top.Epoch);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(100)]
    public void Append_KeepsTheLastOnesInOrder(int size)
    {
        var history = Create(size);
        Fill(history, 50);

        var kept = Math.Min(size, 50);
        Assert.Equal(Enumerable.Range(50 - kept + 1, kept), Offsets(history.ReadAfter(0, -1)));
        Assert.Equal(Enumerable.Range(50 - kept + 1, kept).Reverse(), Offsets(history.ReadBefore(null, -1)));
        Assert.Equal(50UL, history.Latest!.Offset);
    }

    [Fact]
    public void Append_WrongOffset_Throws() =>
        Assert.Throws<ArgumentException>(() => Create(3).Append(Publication(2)));

    [Theory]
    [InlineData(0, -1, "6 7 8 9 10")]
    [InlineData(5, -1, "6 7 8 9 10")]
    [InlineData(7, -1, "8 9 10")]
    [InlineData(7, 2, "8 9")]
    [InlineData(7, 0, "")]
    [InlineData(9, 5, "10")]
    [InlineData(10, -1, "")]
    [InlineData(99, -1, "")]
    public void ReadAfter_ReturnsWhatIsLeftUpwards(int after, int limit, string expected)
    {
        var history = Create(5);
        Fill(history, 10);

        Assert.Equal(expected, string.Join(' ', Offsets(history.ReadAfter((ulong)after, limit))));
    }

    [Theory]
    [InlineData(null, -1, "10 9 8 7 6")]
    [InlineData(null, 2, "10 9")]
    [InlineData(9, -1, "8 7 6")]
    [InlineData(9, 1, "8")]
    [InlineData(6, -1, "")]
    [InlineData(2, -1, "")]
    [InlineData(11, 1, "10")]
    [InlineData(99, 1, "10")]
    public void ReadBefore_ReturnsWhatIsLeftDownwards(int? before, int limit, string expected)
    {
        var history = Create(5);
        Fill(history, 10);

        Assert.Equal(expected, string.Join(' ', Offsets(history.ReadBefore((ulong?)before, limit))));
    }

    [Fact]
    public void ReadAfter_HugestOffset_IsEmpty()
    {
        var history = Create(5);
        Fill(history, 10);

        Assert.Empty(history.ReadAfter(ulong.MaxValue, -1));
    }

    [Fact]
    public void Clear_DropsPublicationsAndGoesOn()
    {
        var history = Create(5);
        Fill(history, 3);
        var epoch = history.Top.Epoch;

        history.Clear();

        Assert.Empty(history.ReadAfter(0, -1));
        Assert.Equal(new StreamPosition(3, epoch), history.Top);
        history.Append(Publication(4));
        Assert.Equal([4], Offsets(history.ReadAfter(0, -1)));
    }

    [Fact]
    public void Ttl_CountsFromTheLastPublish()
    {
        var history = Create(5);
        history.Append(Publication(1));
        _time.Advance(TimeSpan.FromSeconds(50));
        history.Append(Publication(2));
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal([1, 2], Offsets(history.ReadAfter(0, -1)));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(history.ReadAfter(0, -1));
        Assert.Null(history.Latest);
        Assert.Null(history.ExpiresAt);
        Assert.Equal(2UL, history.Top.Offset);
    }

    private ChannelHistory Create(int size) => new(size, TimeSpan.FromMinutes(1), _time);

    private static void Fill(ChannelHistory history, int count)
    {
        for (var i = 1; i <= count; i++)
        {
            history.Append(Publication((ulong)i));
        }
    }

    private static Publication Publication(ulong offset) => new() { Offset = offset, Data = [(byte)offset] };

    private static IEnumerable<int> Offsets(IEnumerable<Publication> publications) => publications.Select(publication => (int)publication.Offset);
}
