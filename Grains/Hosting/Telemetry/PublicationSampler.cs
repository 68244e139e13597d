using OpenTelemetry.Trace;
using WsCluster.Tracing;

namespace WsCluster.Grains.Hosting.Telemetry;

/// <summary>
/// Begins traces: of a share of what clients publish and of HTTP requests. Whatever else would begin one, such as the cluster's own
/// calls, does not; it is part of a trace only where it serves one of those.
/// </summary>
internal sealed class PublicationSampler(double ratio) : Sampler
{
    private readonly TraceIdRatioBasedSampler _share = new(ratio);

    public override SamplingResult ShouldSample(in SamplingParameters parameters) =>
        IsBeginning(parameters.Name) ? _share.ShouldSample(parameters) : new SamplingResult(SamplingDecision.Drop);

    private static bool IsBeginning(string name) => name is PublishTrace.FirstStep or "Microsoft.AspNetCore.Hosting.HttpRequestIn";
}
