using System.ComponentModel.DataAnnotations;

namespace WsCluster.Grains.Hosting.Telemetry;

/// <summary>Where a process's metrics and traces go, bound from <c>WsCluster:Telemetry</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:Telemetry";

    /// <summary>Serve metrics for Prometheus at /metrics: on a gateway where its HTTP API is, on a silo where its health is.</summary>
    public bool Prometheus { get; set; }

    /// <summary>
    /// The OpenTelemetry collector that metrics and sampled traces are sent to, such as "http://localhost:4317". Default: empty,
    /// none.
    /// </summary>
    public string OtlpEndpoint { get; set; } = "";

    /// <summary>How the collector is spoken to. With HttpProtobuf, v1/metrics and v1/traces are added to OtlpEndpoint.</summary>
    public OtlpProtocol OtlpProtocol { get; set; } = OtlpProtocol.Grpc;

    /// <summary>How often metrics are sent to the collector.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan OtlpInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The share of publications that are traced when whoever publishes does not say: 0.01 is one in a hundred. What a caller of the
    /// HTTP API or of grains traces is always traced. Zero: nothing is, and nothing is paid for it. Needs OtlpEndpoint.
    /// </summary>
    [Range(0.0, 1.0)]
    public double TraceRatio { get; set; }

    /// <summary>True when anything leaves the process.</summary>
    public bool IsOn => Prometheus || OtlpEndpoint.Length > 0;

    /// <summary>True when publications are traced.</summary>
    public bool Traces => TraceRatio > 0 && OtlpEndpoint.Length > 0;
}

/// <summary>The protocols of OpenTelemetry collectors.</summary>
public enum OtlpProtocol
{
    /// <summary>gRPC, usually on port 4317.</summary>
    Grpc,

    /// <summary>Protocol Buffers over HTTP, usually on port 4318.</summary>
    HttpProtobuf,
}
