using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Faults;

/// <summary>Inboxes of users, with a silo killed between a message and the user's return.</summary>
public sealed class InboxTests
{
    [Fact]
    public async Task Inbox_SiloKilledWhileTheUserIsAway_IsDeliveredInOrderToAllDevices()
    {
        await using var cluster = await TestCluster.StartAsync(settings:
        [
            "WsCluster:Inbox:Enabled=true",
            "WsCluster:Channels:Namespaces:inbox:HistorySize=100",
            "WsCluster:Channels:Namespaces:inbox:HistoryTtl=01:00:00",
            "WsCluster:Channels:Namespaces:inbox:Durability=Redis",
            "WsCluster:Channels:Namespaces:inbox:AllowUserLimitedChannels=true",
        ]);
        await using var script = Script.Node("inbox", cluster.ScriptSettings("json"));
        var host = (await script.ReadAsync("kill")).GetProperty("silo").GetString()!;
        await cluster.Silos.Single(silo => host.Contains($":{silo.Port}@", StringComparison.Ordinal)).Process.KillAsync();
        await script.SayAsync("killed");
        await script.PassAsync();
    }
}
