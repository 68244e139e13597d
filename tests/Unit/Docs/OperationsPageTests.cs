using System.Text.RegularExpressions;

namespace WsCluster.Tests.Unit.Docs;

/// <summary>docs/operations.md explains each alert, and none that there is not.</summary>
public sealed partial class OperationsPageTests
{
    [Fact]
    public void Alerts_AreExplained()
    {
        var root = ConfigurationReferenceTests.RepositoryRoot();
        var rules = File.ReadAllText(Path.Combine(root, "deploy", "monitoring", "alerts.yml"));
        var page = File.ReadAllText(Path.Combine(root, "docs", "operations.md"));

        var alerts = RuleName().Matches(rules).Select(match => match.Groups[1].Value).Order().ToList();

        Assert.NotEmpty(alerts);
        Assert.Equal(alerts, RowName().Matches(page).Select(match => match.Groups[1].Value).Order());
    }

    [GeneratedRegex(@"^ +- alert: (\w+)$", RegexOptions.Multiline)]
    private static partial Regex RuleName();

    [GeneratedRegex(@"^\| `(WsCluster\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex RowName();
}
