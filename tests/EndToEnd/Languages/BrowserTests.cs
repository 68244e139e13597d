using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Languages;

/// <summary>A browser with no SDK.</summary>
[Collection(SharedCluster.Collection)]
public sealed class BrowserTests(SharedCluster shared)
{
    [Fact]
    public Task WebSocket_InAPage_NeedsNoLibrary() => Script.RunNodeAsync("browser", shared.Cluster.ScriptSettings("json"));
}
