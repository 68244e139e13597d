using WsCluster.Configuration;

namespace WsCluster.Tests.Unit.Users;

public sealed class InboxRulesTests
{
    private readonly ChannelNamespaces _channels = new();

    [Fact]
    public void Validate_SwitchedOff_AsksForNothing() => Assert.True(new InboxRules(new InboxOptions()).Validate(null, _channels).Succeeded);

    [Fact]
    public void Validate_NamespaceIsMissing_Fails() => Assert.Contains("inbox is missing", Problem(), StringComparison.Ordinal);

    [Fact]
    public void Validate_NamespaceWithoutHistory_Fails()
    {
        _channels.Namespaces["inbox"] = new ChannelOptions();

        Assert.Contains("HistorySize", Problem(), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_NamespaceWithOnlyTheNewest_Fails()
    {
        _channels.Namespaces["inbox"] = new ChannelOptions { HistorySize = 1, HistoryTtl = TimeSpan.FromHours(1), ForceRecoveryMode = RecoveryMode.Cache };

        Assert.Contains("ForceRecoveryMode", Problem(), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_NamespaceWithHistory_Succeeds()
    {
        _channels.Namespaces["inbox"] = new ChannelOptions { HistorySize = 10, HistoryTtl = TimeSpan.FromHours(1) };

        Assert.True(new InboxRules(new InboxOptions { Enabled = true }).Validate(null, _channels).Succeeded);
    }

    private string Problem() => new InboxRules(new InboxOptions { Enabled = true }).Validate(null, _channels).FailureMessage ?? "";
}
