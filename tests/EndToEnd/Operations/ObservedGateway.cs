using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Operations;

/// <summary>A gateway in embedded mode that gives out metrics and traces, for all tests of operations.</summary>
public sealed class ObservedGateway : IAsyncLifetime
{
    private GatewayProcess? _gateway;

    internal TraceCollector Collector { get; } = new();

    internal GatewayProcess Gateway => _gateway ?? throw new InvalidOperationException("The gateway has not been started.");

    public async ValueTask InitializeAsync() => _gateway = await GatewayProcess.StartEmbeddedAsync(
        $"WsCluster:Api:Keys:0={TestCluster.ApiKey}",
        $"WsCluster:Tokens:HmacSecret={TestCluster.Secret}",
        "WsCluster:Telemetry:Prometheus=true",
        $"WsCluster:Telemetry:OtlpEndpoint={Collector.Url}",
        "WsCluster:Telemetry:OtlpProtocol=HttpProtobuf",
        "WsCluster:Telemetry:TraceRatio=1");

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        Collector.Dispose();
    }
}
