using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Gateway.ServerApi;

/// <summary>
/// Limits the commands of each API key in the whole cluster. A grain keeps the key's rate; this gateway takes a twentieth of a
/// second's worth of it at a time, so that few requests cost a call. What it took and nobody used is lost after a second. While
/// the grain cannot be reached nobody is limited: the calls themselves will not fare better.
/// </summary>
internal sealed class ApiRates(IGrainFactory grains, IOptionsMonitor<ApiOptions> options, TimeProvider time)
{
    private const int Parts = 20;
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Stock> _stocks = new(StringComparer.Ordinal); // as many as there are keys

    /// <summary>More commands than a key may send in a second can't be in one request: it could never run.</summary>
    public bool IsTooLarge(int commands) => options.CurrentValue.MaxCommandsPerSecondPerKey is > 0 and var most && commands > most;

    /// <summary>Takes so many commands for a key. Zero: they may run; else how long the caller must wait, and nothing is taken.</summary>
    public ValueTask<TimeSpan> TakeAsync(string key, int commands)
    {
        var perSecond = options.CurrentValue.MaxCommandsPerSecondPerKey;
        return perSecond == 0 ? ValueTask.FromResult(TimeSpan.Zero) : new ValueTask<TimeSpan>(TakeAsync(key, commands, perSecond));
    }

    private async Task<TimeSpan> TakeAsync(string key, int commands, int perSecond)
    {
        var stock = _stocks.GetOrAdd(key, static _ => new Stock());
        await stock.Turn.WaitAsync(); // requests of a key one after the other: they share what one call brings
        try
        {
            var now = time.GetUtcNow();
            if (now >= stock.LostAt)
            {
                stock.Amount = 0;
            }

            if (stock.Amount < commands)
            {
                if (now < stock.EmptyUntil)
                {
                    return stock.EmptyUntil - now;
                }

                var wanted = Math.Max(commands - stock.Amount, Math.Max(1, perSecond / Parts));
                if (await AskAsync(key, wanted, perSecond) is not { } grant)
                {
                    return TimeSpan.Zero;
                }

                stock.Amount += grant.Amount;
                stock.LostAt = now + Life;
                if (stock.Amount < commands)
                {
                    var missing = TimeSpan.FromSeconds((double)(commands - stock.Amount) / perSecond);
                    stock.EmptyUntil = now + (missing > grant.RetryAfter ? missing : grant.RetryAfter);
                    return stock.EmptyUntil - now;
                }
            }

            stock.Amount -= commands;
            return TimeSpan.Zero;
        }
        finally
        {
            stock.Turn.Release();
        }
    }

    /// <summary>Asks the grain; null when it cannot be reached.</summary>
    private async Task<RateGrant?> AskAsync(string key, int wanted, int perSecond)
    {
        try
        {
            return await grains.GetGrain<IRateGrain>($"api/{key}").TakeAsync(wanted, perSecond);
        }
        catch (Exception e) when (ClusterCalls.IsPassing(e) || e is ArgumentException) // the latter before it has joined
        {
            return null;
        }
    }

    /// <summary>What this gateway has of a key's rate. Touched by whoever has its turn.</summary>
    private sealed class Stock
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public int Amount { get; set; }

        public DateTimeOffset LostAt { get; set; }

        public DateTimeOffset EmptyUntil { get; set; }
    }
}
