using WsCluster.Configuration;

namespace WsCluster.Tests.Unit.Configuration;

public sealed class ChannelNameTests
{
    [Theory]
    [InlineData("news", "", "news", false)]
    [InlineData("chat:1", "chat", "1", false)]
    [InlineData("$chat:1", "chat", "1", true)]
    [InlineData("$news", "", "$news", true)]
    [InlineData("a:b:c", "a", "b:c", false)]
    [InlineData(":x", "", "x", false)]
    [InlineData("$:x", "", "x", true)]
    [InlineData("", "", "", false)]
    public void Parts_AreTaken(string channel, string expectedNamespace, string rest, bool isPrivate)
    {
        Assert.Equal(expectedNamespace, ChannelName.NamespaceOf(channel).ToString());
        Assert.Equal(rest, ChannelName.RestOf(channel).ToString());
        Assert.Equal(isPrivate, ChannelName.IsPrivate(channel));
    }

    [Theory]
    [InlineData("dialog#7,42", "42", true)]
    [InlineData("dialog#7,42", "7", true)]
    [InlineData("dialog#7,42", "4", false)]
    [InlineData("dialog#7,42", "", false)]
    [InlineData("dialog", "7", false)]
    [InlineData("a#1#2", "1", false)]
    [InlineData("a#1#2", "2", true)]
    [InlineData("a#", "", true)]
    public void ListsUser_LooksBehindTheLastBoundary(string channel, string user, bool listed) =>
        Assert.Equal(listed, ChannelName.ListsUser(channel, user));

    [Fact]
    public void Find_UnknownNamespace_IsNull()
    {
        var namespaces = new ChannelNamespaces();
        namespaces.Namespaces["chat"] = new ChannelOptions();

        Assert.Same(namespaces.Namespaces["chat"], namespaces.Find("$chat:1"));
        Assert.Same(namespaces.WithoutNamespace, namespaces.Find("1"));
        Assert.Null(namespaces.Find("other:1"));
    }
}
