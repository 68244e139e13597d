using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Transports;

/// <summary>The published JavaScript SDK where there is no WebSocket: a stream on one gateway, requests at another.</summary>
[Collection(SharedCluster.Collection)]
public sealed class EmulationTests(SharedCluster shared)
{
    [Theory, InlineData("http_stream", "json"), InlineData("http_stream", "protobuf"), InlineData("sse", "json")]
    public Task Client_RequestsAtTheOtherGateway_WorksAndRecovers(string transport, string protocol) =>
        Script.RunNodeAsync("emulation", shared.Cluster.ScriptSettings(protocol, transport));

    [Theory, InlineData("http_stream", "json"), InlineData("http_stream", "protobuf"), InlineData("sse", "json")]
    public Task Client_Pinged_AnswersAndStays(string transport, string protocol) =>
        Script.RunNodeAsync("emulation-pings", shared.Cluster.ScriptSettings(protocol, transport));

    [Fact]
    public Task Page_WhoseWebSocketIsBlocked_FallsBackByItself() =>
        Script.RunNodeAsync("browser-fallback", shared.Cluster.ScriptSettings("json"));
}
