using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace WsCluster.Tests.Unit.Docs;

/// <summary>
/// docs/metrics.md holds every instrument, made from the instruments themselves. After a change run the unit tests once with the
/// environment variable UPDATE_DOCS=1.
/// </summary>
public sealed class MetricsPageTests
{
    [Fact]
    public void MetricsPage_HoldsEveryInstrumentAndNoOther()
    {
        var all = Instruments.All();
        DocsPage.AssertHolds("metrics.md", ("gateway", Table(all, "WsCluster.Gateway")), ("silo", Table(all, "WsCluster.Grains")));
    }

    [Fact]
    public void Instruments_HaveAUnitAMeaningAndANameOfTheirOwn()
    {
        var all = Instruments.All();

        Assert.All(all, instrument => Assert.False(string.IsNullOrEmpty(instrument.Unit) || string.IsNullOrEmpty(instrument.Description), instrument.Name));
        Assert.All(all, instrument => Assert.Matches("^wscluster(\\.[a-z]+)+$", instrument.Name));
        Assert.Equal(all.Count, all.Select(PrometheusName.Of).Distinct().Count());
    }

    private static string Table(IEnumerable<Instrument> instruments, string meter)
    {
        var text = new StringBuilder("| Name | In Prometheus | Kind | Unit | Meaning |\n|---|---|---|---|---|\n");
        foreach (var instrument in instruments.Where(instrument => instrument.Meter.Name == meter))
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{instrument.Name}` | `{PrometheusName.Of(instrument)}` | {KindOf(instrument)} | {instrument.Unit} | {instrument.Description} |\n");
        }

        return text.ToString();
    }

    private static string KindOf(Instrument instrument) => instrument switch
    {
        Counter<long> => "counter",
        Histogram<long> or Histogram<double> => "histogram",
        _ => "gauge",
    };
}
