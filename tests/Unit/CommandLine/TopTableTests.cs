using System.Text.Json;
using WsCluster.Gateway.CommandLine;

namespace WsCluster.Tests.Unit.CommandLine;

/// <summary>Two looks at the cluster become a table.</summary>
public sealed class TopTableTests
{
    [Fact]
    public void Render_TwoLooks_ShowsRatesAndWhatIsHeld()
    {
        var lines = TopTable.Render(
            Sample(1000, """[{"id":"g","name":"web_8000","clients":10,"commands":100,"deliveries":1000,"cpu":500}]""", """[{"id":"s","address":"10.0.0.1:11111","status":"Active","publications":50,"bytes":0,"cpu":0}]"""),
            Sample(3000, """[{"id":"g","name":"web_8000","clients":1234,"commands":300,"deliveries":5000,"cpu":1500,"rss":104857600,"delay":1.25,"uptime":90}]""", """[{"id":"s","address":"10.0.0.1:11111","status":"Active","publications":150,"bytes":20480,"cpu":200,"channels":7}]"""));

        Assert.Equal("1 gateway, 1 silo, 1 234 connections, 100 in/s, 2 000 out/s   00:00:03 UTC", lines[0]);
        Assert.Equal("GATEWAY   CONNECTIONS  USERS  CHANNELS  IN/S  OUT/S  QUEUED   DELAY   CPU   MEMORY    UP", lines[2]);
        Assert.Equal("web_8000        1 234      0         0   100  2 000     0 B  1.3 ms  50 %  100 MiB  90 s", lines[3]);
        Assert.Contains("10.0.0.1:11111  Active         7", lines[6], StringComparison.Ordinal);
        Assert.Contains(" 50  10 KiB", lines[6], StringComparison.Ordinal);
    }

    [Fact]
    public void Render_SilentAndDead_AreShownAsSuch()
    {
        var sample = Sample(0, """[{"id":"g","silent":true}]""", """[{"id":"s","address":"a","status":"Active","silent":true},{"id":"t","address":"b","status":"Dead"}]""");

        var lines = TopTable.Render(sample, sample);

        Assert.Matches("^g +does not answer", lines[3]);
        Assert.Matches("^a +does not answer", lines[6]);
        Assert.Matches("^b +Dead", lines[7]);
    }

    [Fact]
    public void Render_ProcessThatBeganAnew_HasNoNegativeRate()
    {
        var lines = TopTable.Render(
            Sample(0, """[{"id":"g","name":"g","commands":1000}]""", "[]"),
            Sample(1000, """[{"id":"g","name":"g","commands":3}]""", "[]"));

        Assert.Contains(" 0 in/s", lines[0], StringComparison.Ordinal);
    }

    private static ClusterSample Sample(long at, string gateways, string silos)
    {
        using var json = JsonDocument.Parse($$"""{"at":{{at}},"gateways":{{gateways}},"silos":{{silos}}}""");
        return ClusterSample.Parse(json.RootElement.Clone());
    }
}
