using Polly;

namespace WsCluster.Gateway.Proxies;

/// <summary>Sends a request through a pipeline of limits, repeats and time-outs. A repeat sends the same message, whose body is in memory.</summary>
internal sealed class ResilienceHandler(ResiliencePipeline<HttpResponseMessage> pipeline) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        await pipeline.ExecuteAsync(async token => await base.SendAsync(request, token), cancellationToken);
}
