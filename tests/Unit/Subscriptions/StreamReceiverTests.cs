using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Tests.Unit.Subscriptions;

/// <summary>Protocol §9.</summary>
public sealed class StreamReceiverTests
{
    [Theory]
    [InlineData("e", 6, nameof(Receipt.Deliver), 6)]
    [InlineData("e", 5, nameof(Receipt.Duplicate), 5)]
    [InlineData("e", 1, nameof(Receipt.Duplicate), 5)]
    [InlineData("e", 7, nameof(Receipt.Gap), 5)]
    [InlineData("other", 6, nameof(Receipt.Foreign), 5)]
    [InlineData("", 6, nameof(Receipt.Foreign), 5)]
    [InlineData("e", 0, nameof(Receipt.Deliver), 5)] // no place in the stream
    [InlineData("", 0, nameof(Receipt.Deliver), 5)]
    public void Receive_AtOffset5_IsJudged(string epoch, ulong offset, string expected, ulong position)
    {
        var receiver = At5();

        Assert.Equal(expected, receiver.Receive(epoch, offset).ToString());
        Assert.Equal(new StreamPosition(position, "e"), receiver.Position);
    }

    [Fact]
    public void Receive_OneAfterTheOther_AdvancesAndDropsRepeats()
    {
        var receiver = At5();

        Assert.Equal(
            [Receipt.Deliver, Receipt.Deliver, Receipt.Duplicate, Receipt.Deliver],
            new ulong[] { 6, 7, 6, 8 }.Select(offset => receiver.Receive("e", offset)));
    }

    [Fact]
    public void Receive_BeforeAnyPosition_IsForeign() => Assert.Equal(Receipt.Foreign, new StreamReceiver().Receive("e", 1));

    [Theory]
    [InlineData(6, "e", true)]
    [InlineData(5, "e", false)]
    [InlineData(4, "e", false)]
    [InlineData(6, "other", false)]
    public void CanCatchUp_SameStreamAndBefore_Only(ulong offset, string epoch, bool expected) =>
        Assert.Equal(expected, At5().CanCatchUp(new StreamPosition(offset, epoch)));

    [Fact]
    public void CanCatchUp_BeforeAnyPosition_IsFalse() =>
        Assert.False(new StreamReceiver().CanCatchUp(new StreamPosition(5, "e")));

    [Theory]
    [InlineData(8, "e", true, 8)]
    [InlineData(5, "e", false, 5)]
    [InlineData(3, "e", false, 5)] // never backwards
    [InlineData(3, "other", true, 3)]
    public void JumpTo_AtOffset5_SaysWhatWasLost(ulong offset, string epoch, bool lost, ulong position)
    {
        var receiver = At5();

        Assert.Equal(lost, receiver.JumpTo(new StreamPosition(offset, epoch)));
        Assert.Equal(new StreamPosition(position, epoch), receiver.Position);
    }

    [Fact]
    public void JumpTo_BeforeAnyPosition_LosesNothing()
    {
        var receiver = new StreamReceiver();

        Assert.False(receiver.JumpTo(new StreamPosition(5, "e")));
        Assert.Equal(new StreamPosition(5, "e"), receiver.Position);
    }

    private static StreamReceiver At5()
    {
        var receiver = new StreamReceiver();
        receiver.JumpTo(new StreamPosition(5, "e"));
        return receiver;
    }
}
