using System.Text.RegularExpressions;
using WsCluster.Gateway.Hosting;

namespace WsCluster.Tests.Unit.Docs;

/// <summary>docs/limits.md names only instruments and options that exist.</summary>
public sealed partial class LimitsPageTests
{
    [Fact]
    public void LimitsPage_EveryRow_NamesAnInstrumentThatExists()
    {
        var known = Instruments.All().Select(instrument => instrument.Name).ToHashSet(StringComparer.Ordinal);
        var rows = Rows();

        Assert.InRange(rows.Count, 10, 200);
        foreach (var row in rows)
        {
            if (row.Contains("' own meter |", StringComparison.Ordinal) || row.Contains("'s own meter |", StringComparison.Ordinal))
            {
                continue;
            }

            var named = MetricName().Matches(row).Select(match => match.Value).ToList();
            Assert.True(named.Count > 0, $"No instrument in: {row}");
            Assert.All(named, name => Assert.Contains(name, known));
        }
    }

    [Fact]
    public void LimitsPage_EveryOption_Exists()
    {
        var options = typeof(GatewayOptions).GetProperties().Select(property => property.Name).ToHashSet();

        var named = Rows().SelectMany(row => OptionName().Matches(row)).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, options));
    }

    private static List<string> Rows() =>
    [
        .. File.ReadLines(Path.Combine(ConfigurationReferenceTests.RepositoryRoot(), "docs", "limits.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| What", StringComparison.Ordinal)),
    ];

    [GeneratedRegex(@"wscluster\.[a-z.]+[a-z]")]
    private static partial Regex MetricName();

    [GeneratedRegex("`Gateway:([A-Za-z]+)`")]
    private static partial Regex OptionName();
}
