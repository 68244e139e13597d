using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Grains;
using WsCluster.Grains.Limits;

namespace WsCluster.Tests.Cluster.History;

/// <summary>What tests of streams share.</summary>
internal static class StreamTest
{
    private static readonly ServiceProvider Services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public static GrainMetrics Metrics { get; } = new(Services.GetRequiredService<IMeterFactory>());

    public static SiloLimits Limits { get; } = new SiloLimits(Options.Create(new SiloLimitOptions()));

    /// <summary>Runs a test as a grain runs its calls: many may overlap, one runs at a time.</summary>
    public static Task OnOneSchedulerAsync(Func<Task> test) =>
        Task.Factory.StartNew(test, CancellationToken.None, TaskCreationOptions.None, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();

    public static ChannelOptions WithHistory(ChannelDurability durability, int size = 100) =>
        new() { HistorySize = size, HistoryTtl = TimeSpan.FromMinutes(5), Durability = durability };

    public static PublishRequest Request(string text = "x", string? key = null) => new() { Data = Encoding.UTF8.GetBytes(text), IdempotencyKey = key };

    public static string NewChannel() => $"channel-{Guid.NewGuid():N}";

    public static IEnumerable<string> Texts(this HistoryPage page) => page.Publications.Select(publication => Encoding.UTF8.GetString(publication.Data));
}
