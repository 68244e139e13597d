using WsCluster.Grains.History.Redis;

namespace WsCluster.Tests.Unit.Grains;

public sealed class AppendReplyTests
{
    [Theory]
    [InlineData("=101", "101 102 103", 0)]
    [InlineData("=1;12", "1 2 3", 12)]
    [InlineData("7,d3,8", "7 (3) 8", 0)]
    [InlineData("l,d,9;1", "0 (0) 9", 1)]
    public void Next_ReadsWhatBecameOfEach(string reply, string expected, int forgotten)
    {
        var reader = new AppendReply(reply);
        var read = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var offset = reader.Next(out var isNew);
            read.Add(isNew ? $"{offset}" : $"({offset})");
        }

        Assert.Equal(expected, string.Join(' ', read));
        Assert.Equal(forgotten, reader.KeysForgotten);
    }
}
