using Microsoft.Extensions.Time.Testing;
using WsCluster.Configuration;
using WsCluster.Grains.History.Redis;

namespace WsCluster.Tests.Unit.Grains;

public sealed class StreamTailTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void ReadAfter_OffsetBeforeTheTail_IsNull()
    {
        var tail = Create(maxCount: 3);
        Add(tail, 1, 5);

        Assert.Null(tail.ReadAfter(1, -1));
        Assert.Equal([3UL, 4UL, 5UL], tail.ReadAfter(2, -1)!.Select(publication => publication.Offset));
        Assert.Equal([4UL], tail.ReadAfter(3, 1)!.Select(publication => publication.Offset));
        Assert.Equal(5UL, tail.Latest()!.Offset);
    }

    [Fact]
    public void Add_BeyondTheBytes_DropsTheOldest()
    {
        var tail = Create(maxBytes: 500);
        Add(tail, 1, 5);

        Assert.Null(tail.ReadAfter(1, -1));
        Assert.Equal([4UL, 5UL], tail.ReadAfter(3, -1)!.Select(publication => publication.Offset));
    }

    [Fact]
    public void Add_LargerThanAll_KeepsNothing()
    {
        var tail = Create(maxBytes: 10);
        Add(tail, 1, 1);

        Assert.Null(tail.Latest());
        Assert.Null(tail.ReadAfter(0, -1));
    }

    [Fact]
    public void Trim_TimeOver_DropsAll()
    {
        var tail = Create();
        Add(tail, 1, 1);
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromMinutes(1), tail.Trim());

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(tail.Latest());
        Assert.Null(tail.Trim());
    }

    private StreamTail Create(int maxBytes = 1_000_000, int maxCount = 100) => new(maxBytes, new ChannelOptions { HistorySize = maxCount, HistoryTtl = TimeSpan.FromMinutes(1) }, _time);

    private static void Add(StreamTail tail, ulong from, ulong to)
    {
        for (var offset = from; offset <= to; offset++)
        {
            tail.Add(new Publication { Offset = offset, Data = new byte[100] });
        }
    }
}
