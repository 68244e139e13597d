namespace WsCluster.Tests.Unit.Ledgers;

public sealed class RingTests
{
    [Fact]
    public void Add_WithoutRoom_KeepsNothing()
    {
        var ring = new Ring<int>(8);

        ring.Add(1);

        Assert.Equal(0, ring.Count);
        Assert.Empty(ring.Oldest());
    }

    [Theory, InlineData(0), InlineData(1), InlineData(5), InlineData(10), InlineData(11), InlineData(37)]
    public void Add_Grown_KeepsTheNewestInOrder(int count)
    {
        var ring = new Ring<int>(10);
        for (var i = 1; i <= count; i++)
        {
            Add(ring, i);
        }

        Assert.Equal(Enumerable.Range(1, count).TakeLast(10), ring.Oldest());
        Assert.InRange(ring.Room, 0, 10);
        if (count > 0)
        {
            Assert.Equal(count, ring.Newest);
        }
    }

    [Fact]
    public void Add_NotGrownAnyMore_KeepsAsManyAsThereIsRoomFor()
    {
        var ring = new Ring<int>(100);
        ring.Grow(4);
        for (var i = 1; i <= 7; i++)
        {
            ring.Add(i);
        }

        Assert.Equal([4, 5, 6, 7], ring.Oldest());

        ring.Grow(6);
        ring.Add(8);
        Assert.Equal([4, 5, 6, 7, 8], ring.Oldest());
    }

    [Fact]
    public void Clear_KeepsTheRoom()
    {
        var ring = new Ring<int>(10);
        Add(ring, 1);
        ring.Clear();
        ring.Add(2);

        Assert.Equal([2], ring.Oldest());
    }

    private static void Add(Ring<int> ring, int item)
    {
        if (ring.Wish > ring.Room)
        {
            ring.Grow(ring.Wish);
        }

        ring.Add(item);
    }
}
