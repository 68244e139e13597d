using WsCluster.Configuration;
using WsCluster.Gateway.Commands;

namespace WsCluster.Tests.Unit.Commands;

/// <summary>Protocol §21.</summary>
public sealed class ChannelPermissionsTests
{
    [Theory]
    // channel, user, AllowSubscribeForClient, …ForAnonymous, AllowUserLimitedChannels, insecure
    [InlineData("c", "7", true, false, false, false, true)]
    [InlineData("c", "7", false, false, false, false, false)]
    [InlineData("c", "7", false, true, false, false, false)] // "for anonymous" only widens
    [InlineData("c", "", true, false, false, false, false)]
    [InlineData("c", "", true, true, false, false, true)]
    [InlineData("c", "", false, false, false, true, true)]
    [InlineData("$c", "7", true, true, true, true, false)] // private: only a token
    [InlineData("$c#7", "7", true, true, true, true, false)]
    [InlineData("c#7", "7", false, false, true, false, true)]
    [InlineData("c#5,7", "7", false, false, true, false, true)]
    [InlineData("c#7#5", "7", false, false, true, false, false)] // the last list counts
    [InlineData("c#77", "7", true, true, true, false, false)] // other permissions do not apply
    [InlineData("c#", "", true, true, true, false, false)]
    [InlineData("c#5", "7", false, false, true, true, true)]
    [InlineData("c#5", "7", true, false, false, false, true)] // # has no meaning
    [InlineData("c#7", "7", false, false, false, false, false)]
    public void MaySubscribe_WithoutToken_FollowsTheTable(
        string channel, string user, bool client, bool anonymous, bool userLimited, bool insecure, bool expected)
    {
        var options = new ChannelOptions
        {
            AllowSubscribeForClient = client,
            AllowSubscribeForAnonymous = anonymous,
            AllowUserLimitedChannels = userLimited,
        };

        Assert.Equal(expected, ChannelPermissions.MaySubscribe(options, channel, user, insecure));
    }

    [Theory]
    // user, …ForClient, …ForSubscriber, …ForAnonymous, subscribed, insecure
    [InlineData("7", false, false, false, true, false, false)]
    [InlineData("7", true, false, false, false, false, true)]
    [InlineData("7", false, true, false, true, false, true)]
    [InlineData("7", false, true, false, false, false, false)]
    [InlineData("7", false, false, true, true, false, false)]
    [InlineData("", true, true, false, true, false, false)]
    [InlineData("", true, false, true, false, false, true)]
    [InlineData("", false, true, true, true, false, true)]
    [InlineData("", false, true, true, false, false, false)]
    [InlineData("", false, false, true, true, false, false)]
    [InlineData("", false, false, false, false, true, true)]
    public void May_PublishPresenceHistory_HaveOneShape(
        string user, bool client, bool subscriber, bool anonymous, bool subscribed, bool insecure, bool expected)
    {
        var publish = new ChannelOptions { AllowPublishForClient = client, AllowPublishForSubscriber = subscriber, AllowPublishForAnonymous = anonymous };
        var presence = new ChannelOptions { AllowPresenceForClient = client, AllowPresenceForSubscriber = subscriber, AllowPresenceForAnonymous = anonymous };
        var history = new ChannelOptions { AllowHistoryForClient = client, AllowHistoryForSubscriber = subscriber, AllowHistoryForAnonymous = anonymous };

        Assert.Equal(expected, ChannelPermissions.MayPublish(publish, user, subscribed, insecure));
        Assert.Equal(expected, ChannelPermissions.MayReadPresence(presence, user, subscribed, insecure));
        Assert.Equal(expected, ChannelPermissions.MayReadHistory(history, user, subscribed, insecure));
        Assert.Equal(insecure, ChannelPermissions.MayPublish(presence, user, subscribed, insecure));
        Assert.Equal(insecure, ChannelPermissions.MayReadPresence(history, user, subscribed, insecure));
        Assert.Equal(insecure, ChannelPermissions.MayReadHistory(publish, user, subscribed, insecure));
    }
}
