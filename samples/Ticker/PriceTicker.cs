using Microsoft.Extensions.Options;

namespace WsCluster.Ticker;

/// <summary>Publishes a price per symbol and interval. A symbol that cannot be published is skipped until its next price.</summary>
internal sealed class PriceTicker(IWsCluster cluster, IOptions<TickerOptions> options, TimeProvider time, ILogger<PriceTicker> logger) : BackgroundService
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(10);

    private long _published;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TickerLog.Started(logger, string.Join(", ", options.Value.Symbols.Keys), options.Value.Interval);
        await Task.WhenAll(options.Value.Symbols
            .Select(symbol => PublishAsync(symbol.Key, new RandomWalk(symbol.Value.Price), stoppingToken))
            .Append(ReportAsync(stoppingToken)));
    }

    private async Task PublishAsync(string symbol, RandomWalk walk, CancellationToken stoppingToken)
    {
        var channel = cluster.Channel($"prices:{symbol}");
        using var timer = new PeriodicTimer(options.Value.Interval, time);
        var failing = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var position = await channel.PublishJsonAsync(new { symbol, price = walk.Next(), at = time.GetUtcNow() }, cancellationToken: stoppingToken);
                Interlocked.Increment(ref _published);
                TickerLog.Published(logger, channel.Name, position.Offset);
                if (failing)
                {
                    TickerLog.Recovered(logger, channel.Name);
                    failing = false;
                }

                await timer.WaitForNextTickAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // The client has repeated it for as long as that made sense; the next price matters more than this one.
                TickerLog.Failed(logger, channel.Name, exception.Message);
                failing = true;
                await timer.WaitForNextTickAsync(stoppingToken);
            }
        }
    }

    private async Task ReportAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(ReportEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            TickerLog.Report(logger, Interlocked.Exchange(ref _published, 0), ReportEvery.TotalSeconds);
        }
    }
}
