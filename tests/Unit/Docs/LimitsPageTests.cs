using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using WsCluster.Gateway;
using WsCluster.Gateway.Hosting;
using WsCluster.Grains;
using WsCluster.Grains.Limits;

namespace WsCluster.Tests.Unit.Docs;

/// <summary>docs/limits.md names only instruments and options that exist.</summary>
public sealed partial class LimitsPageTests
{
    [Fact]
    public void LimitsPage_EveryRow_NamesAnInstrumentThatExists()
    {
        var known = Instruments();
        var rows = Rows();

        Assert.InRange(rows.Count, 10, 100);
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

    private static HashSet<string> Instruments()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters))
            {
                names.Add(instrument.Name);
            }
        };
        listener.Start();
        var gateway = new GatewayMetrics(meters);
        gateway.ObserveConnections(() => 0);
        gateway.ObserveQueuedBytes(() => 0);
        gateway.ObserveUsers(() => 0);
        gateway.ObserveChannels(() => 0);
        var grains = new GrainMetrics(meters);
        grains.ObserveOutboxBytes(() => 0);
        grains.Observe(new SiloLimits(Options.Create(new SiloLimitOptions())));
        return names;
    }

    [GeneratedRegex(@"wscluster\.[a-z.]+[a-z]")]
    private static partial Regex MetricName();

    [GeneratedRegex("`Gateway:([A-Za-z]+)`")]
    private static partial Regex OptionName();
}
