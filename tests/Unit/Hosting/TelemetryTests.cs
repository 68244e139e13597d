using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsCluster.Grains.Hosting.Telemetry;
using WsCluster.Tests.Unit.Docs;

namespace WsCluster.Tests.Unit.Hosting;

/// <summary>What a scrape of a process brings.</summary>
public sealed partial class TelemetryTests
{
    [Fact]
    public async Task Metrics_EveryInstrument_IsThereUnderItsDocumentedName()
    {
        await using var app = await StartAsync("Telemetry:Prometheus=true");
        var meters = app.Services.GetRequiredService<IMeterFactory>();
        var instruments = Instruments.All(meters);
        foreach (var instrument in instruments)
        {
            Measure(instrument);
        }

        var text = await ScrapeAsync(app);

        var served = text.Split('\n').Where(line => line.StartsWith("# TYPE wscluster", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]).Order(StringComparer.Ordinal);
        Assert.Equal(instruments.Select(PrometheusName.Of).Order(StringComparer.Ordinal), served);
        Assert.Contains("wscluster_gateway_publish_latency_seconds_bucket{", text, StringComparison.Ordinal);
        Assert.Contains("le=\"0.0001\"", text, StringComparison.Ordinal);
    }

    [Theory, InlineData("alerts.yml", 15), InlineData("grafana-dashboard.json", 25)]
    public async Task Monitoring_EveryMetricThatItUses_IsServed(string file, int atLeast)
    {
        await using var app = await StartAsync("Telemetry:Prometheus=true");
        foreach (var instrument in Instruments.All(app.Services.GetRequiredService<IMeterFactory>()))
        {
            Measure(instrument);
        }

        var served = (await ScrapeAsync(app)).Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('{', ' ')[0]).ToHashSet(StringComparer.Ordinal);
        var used = MetricName().Matches(await File.ReadAllTextAsync(
            Path.Combine(ConfigurationReferenceTests.RepositoryRoot(), "deploy", "monitoring", file), TestContext.Current.CancellationToken)).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);

        Assert.InRange(used.Count, atLeast, 1000);
        Assert.Equal([], used.Except(served));
    }

    [Fact]
    public async Task Metrics_NotAskedFor_AreNotServed()
    {
        await using var app = await StartAsync();

        using var http = new HttpClient();
        using var answer = await http.GetAsync(AddressOf(app));

        Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Null(app.Services.GetService<OpenTelemetry.Metrics.MeterProvider>());
    }

    [Theory]
    [InlineData("Telemetry:OtlpEndpoint=nowhere", "WsCluster:Telemetry:OtlpEndpoint is 'nowhere', but must be an address")]
    [InlineData("Telemetry:TraceRatio=0.5", "WsCluster:Telemetry:TraceRatio is 0.5, but needs WsCluster:Telemetry:OtlpEndpoint.")]
    [InlineData("Telemetry:TraceRatio=2", "WsCluster:Telemetry:TraceRatio is 2, but must be from 0 to 1.")]
    public async Task Start_WrongOption_IsASentenceThatNamesIt(string setting, string sentence)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(setting));

        Assert.Contains(failure.Failures, problem => problem.Contains(sentence, StringComparison.Ordinal));
    }

    private static async Task<WebApplication> StartAsync(params string[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => setting.Split('=')).Select(pair => KeyValuePair.Create($"WsCluster:{pair[0]}", (string?)pair[1])));
        builder.AddTelemetry("test");
        var app = builder.Build();
        app.MapMetrics();
        await app.StartAsync();
        return app;
    }

    private static Uri AddressOf(WebApplication app) =>
        new($"{app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()}{TelemetryHosting.MetricsPath}");

    private static async Task<string> ScrapeAsync(WebApplication app)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(AddressOf(app));
    }

    [GeneratedRegex(@"\b(wscluster|dotnet|orleans|kestrel|http_server)_[a-z_]+[a-z]\b")]
    private static partial Regex MetricName();

    private static void Measure(Instrument instrument)
    {
        switch (instrument)
        {
            case Counter<long> counter:
                counter.Add(1);
                break;
            case UpDownCounter<long> counter:
                counter.Add(1);
                break;
            case Gauge<long> gauge:
                gauge.Record(1);
                break;
            case Histogram<long> histogram:
                histogram.Record(1);
                break;
            case Histogram<double> histogram:
                histogram.Record(1);
                break;
        }
    }
}
