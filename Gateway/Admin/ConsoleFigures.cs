using WsCluster.Configuration;
using WsCluster.Gateway.Routing;
using WsCluster.Gateway.ServerApi;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;

namespace WsCluster.Gateway.Admin;

/// <summary>
/// Has the cluster publish its figures while a console is connected here, and reads those of the last two minutes, so that one that
/// was just opened has something to draw.
/// </summary>
internal sealed class ConsoleFigures(
    ChannelDirectory channels, ChannelQuestions questions, ClusterMembership cluster, IGrainFactory grains, TimeProvider time, ILogger<ConsoleFigures> logger) : BackgroundService
{
    /// <summary>The name under which the page asks for them.</summary>
    public const string Method = "figures";

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>The last figures, oldest first.</summary>
    public async Task<ApiReply> ReadAsync(CancellationToken cancellationToken)
    {
        var query = new HistoryQuery { Limit = -1 };
        var page = cluster.HasJoined
            ? await questions.GetHistoryAsync(ConsoleChannel.Name, query).WaitAsync(cancellationToken)
            : throw new WsClusterException(ErrorCode.Internal, "The gateway has not joined the cluster yet.");
        return ApiReply.Of(json =>
        {
            json.WriteStartArray("publications");
            foreach (var publication in page.Publications)
            {
                ApiOutput.WritePublication(json, publication);
            }

            json.WriteEndArray();
        });
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        var told = DateTimeOffset.MinValue;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!cluster.HasJoined || channels.Find(ConsoleChannel.Name) is not { Count: > 0 })
            {
                told = DateTimeOffset.MinValue; // the next console is told at once
            }
            else if (time.GetUtcNow() - told >= IClusterFigures.RenewEvery)
            {
                told = time.GetUtcNow();
                _ = WatchAsync();
            }
        }
    }

    private async Task WatchAsync()
    {
        try
        {
            await grains.Find<IClusterFigures>(IClusterFigures.Key).WatchAsync();
        }
        catch (Exception e)
        {
            ConsoleLog.NotWatched(logger, e.Message); // said again in two seconds
        }
    }
}
