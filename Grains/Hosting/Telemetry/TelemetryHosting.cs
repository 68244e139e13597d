using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using WsCluster.Configuration;

namespace WsCluster.Grains.Hosting.Telemetry;

/// <summary>Takes a process's metrics to Prometheus or a collector, as <see cref="TelemetryOptions"/> say.</summary>
public static class TelemetryHosting
{
    /// <summary>The address of the metrics.</summary>
    public const string MetricsPath = "/metrics";

    // Our own, and those of the platform and of Orleans: docs/metrics.md names what is worth looking at.
    private static readonly string[] Meters =
        ["WsCluster.*", "System.Runtime", "Microsoft.Orleans", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Hosting"];

    private static string? Version =>
        typeof(TelemetryHosting).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;

    /// <summary>Adds what the options ask for. Without any, nothing listens to the instruments and they cost next to nothing.</summary>
    /// <param name="builder">The process.</param>
    /// <param name="service">Its name in what is sent, such as "wscluster-gateway".</param>
    /// <exception cref="OptionsValidationException">An option is wrong; the message names it.</exception>
    public static void AddTelemetry(this IHostApplicationBuilder builder, string service)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = Read(builder.Configuration);
        if (!options.IsOn)
        {
            return;
        }

        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(service, serviceVersion: Version));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(Meters);
            if (options.Prometheus)
            {
                metrics.AddPrometheusExporter();
            }

            if (options.OtlpEndpoint.Length > 0)
            {
                metrics.AddOtlpExporter((exporter, reader) =>
                {
                    Configure(exporter, options, "v1/metrics");
                    reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.OtlpInterval.TotalMilliseconds;
                });
            }
        });
    }

    /// <summary>Serves the metrics, when they are to be.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (app.ServiceProvider.GetService<MeterProvider>() is not null && Read(app.ServiceProvider.GetRequiredService<IConfiguration>()).Prometheus)
        {
            app.MapPrometheusScrapingEndpoint(MetricsPath);
        }
    }

    private static TelemetryOptions Read(IConfiguration configuration)
    {
        var options = configuration.ReadChecked<TelemetryOptions>(TelemetryOptions.SectionName);
        var problem = options.OtlpEndpoint.Length > 0 && !Uri.IsWellFormedUriString(options.OtlpEndpoint, UriKind.Absolute)
            ? $"{TelemetryOptions.SectionName}:{nameof(TelemetryOptions.OtlpEndpoint)} is '{options.OtlpEndpoint}', but must be an address such as http://localhost:4317."
            : options.TraceRatio > 0 && options.OtlpEndpoint.Length == 0
            ? $"{TelemetryOptions.SectionName}:{nameof(TelemetryOptions.TraceRatio)} is {options.TraceRatio}, but needs {TelemetryOptions.SectionName}:{nameof(TelemetryOptions.OtlpEndpoint)}."
            : null;
        return problem is null ? options : throw new OptionsValidationException(TelemetryOptions.SectionName, typeof(TelemetryOptions), [problem]);
    }

    private static void Configure(OtlpExporterOptions exporter, TelemetryOptions options, string path)
    {
        exporter.Protocol = options.OtlpProtocol == OtlpProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri(options.OtlpProtocol == OtlpProtocol.Grpc ? options.OtlpEndpoint : $"{options.OtlpEndpoint.TrimEnd('/')}/{path}");
    }
}
