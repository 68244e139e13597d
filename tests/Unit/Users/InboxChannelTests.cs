using WsCluster.Configuration;

namespace WsCluster.Tests.Unit.Users;

public sealed class InboxChannelTests
{
    [Fact]
    public void Of_User_IsLimitedToThatUser()
    {
        Assert.Equal("inbox:#anna", InboxChannel.Of("anna"));
        Assert.True(ChannelName.ListsUser(InboxChannel.Of("anna"), "anna"));
        Assert.False(ChannelName.ListsUser(InboxChannel.Of("anna"), "ann"));
        Assert.Equal("post:#anna", InboxChannel.Of("anna", "post"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b")]
    [InlineData("a#b")]
    public void Of_UserThatWouldListOthers_Throws(string user) => Assert.Throws<ArgumentException>(() => InboxChannel.Of(user));

    [Theory]
    [InlineData("inbox:#anna", "anna")]
    [InlineData("inbox:#a:b", "a:b")]
    [InlineData("inbox:#a,b", null)]
    [InlineData("inbox:x#anna", null)]
    [InlineData("post:#anna", null)]
    [InlineData("$inbox:#anna", null)]
    [InlineData("#anna", null)]
    public void UserOf_Channel_IsWhoseInboxItIs(string channel, string? user) => Assert.Equal(user, InboxChannel.UserOf(channel));
}
