using System.Diagnostics;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Faults;

/// <summary>Redis is brought back from a backup, as docs/operations.md says.</summary>
public sealed class RestoreTests
{
    [Fact]
    public async Task OlderCopy_Restored_SubscribersAreToldAndNoOffsetMeansTwoThings()
    {
        const string Channel = "durable:restored";
        await using var cluster = await TestCluster.StartAsync(silos: 1, gateways: 1);
        await using var listener = await Listener.StartAsync(cluster.Gateways[0], Channel);
        using var api = new ServerApi(cluster.Gateways[0]);
        await PublishAsync(api, Channel, 1, 2, 3);
        var copy = Path.Combine(Repository.Artifacts, "backup.rdb");
        await RunAsync("redis-cli", "-p", $"{cluster.Redis.Port}", "--rdb", copy);
        await PublishAsync(api, Channel, 4, 5);
        await HearAsync(listener, "1", "2", "3", "4", "5");

        await cluster.StopSiloAsync(cluster.Silos[0]);
        await cluster.Redis.RestoreAsync(copy);
        await RunAsync("bash", Path.Combine(Repository.Root, "deploy", "redis", "after-restore.sh"), cluster.ClusterId, "-p", $"{cluster.Redis.Port}");
        Assert.Empty(await cluster.ReadMembersAsync());
        await cluster.StartSiloAsync();
        await api.PublishUntilReceivedAsync("after", listener);

        listener.AssertConnected();
        Assert.Equal(2, listener.Epochs.Count);
        Assert.Equal(1, listener.Unrecovered);
        var history = await api.CallAsync("history", new { channel = Channel, limit = 3 });
        Assert.Equal(["1", "2", "3"], history["publications"]!.AsArray().Select(publication => publication!["data"]!.ToJsonString()));
        Assert.Equal(listener.Epochs[1], (string)history["epoch"]!);
    }

    private static async Task PublishAsync(ServerApi api, string channel, params int[] numbers)
    {
        foreach (var data in numbers)
        {
            await api.CallAsync("publish", new { channel, data });
        }
    }

    private static Task HearAsync(Listener listener, params string[] expected) =>
        Patience.UntilAsync("everything that was published", () => Task.FromResult(listener.Received.SequenceEqual(expected)));

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, string.Concat(output));
    }
}
