using System.Diagnostics.Metrics;

namespace WsCluster.Tests.Unit.Docs;

/// <summary>What an instrument is called in Prometheus: a test of the real endpoint holds this true.</summary>
internal static class PrometheusName
{
    public static string Of(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_');
        var unit = instrument.Unit switch { "By" => "bytes", "s" => "seconds", _ => "" };
        if (unit.Length > 0 && !name.EndsWith(unit, StringComparison.Ordinal))
        {
            name += "_" + unit;
        }

        return IsCounter(instrument) ? name + "_total" : name;
    }

    private static bool IsCounter(Instrument instrument) => instrument is Counter<long>;
}
