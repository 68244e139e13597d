using System.Globalization;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using StackExchange.Redis;
using WsCluster.Configuration;
using WsCluster.Grains.History;
using WsCluster.Grains.History.Redis;

namespace WsCluster.Grains.AtomicSets;

/// <summary>
/// Keeps sets in Redis, below <c>wscluster:{cluster}:sets:</c>. A call whose answer does not come is repeated until a deadline: each
/// may run twice.
/// </summary>
internal sealed class RedisSetStore(
    RedisLink link,
    ClusterOptions cluster,
    IOptions<RedisHistoryOptions> redis,
    IOptions<AtomicPublishOptions> options,
    Serializer<ChannelPublication[]> serializer,
    TimeProvider time,
    GrainMetrics metrics) : ISetStore
{
    /// <summary>How long whoever decided or claimed a set has it for himself.</summary>
    public static readonly TimeSpan ClaimTime = TimeSpan.FromSeconds(5);

    private const int MostClaims = 8;

    private readonly SetKeys _keys = new(cluster.ClusterId);

    public async Task<SetDecision> DecideAsync(string key, ChannelPublication[] publications)
    {
        var limits = options.Value;
        RedisValue[] arguments =
        [
            key, serializer.SerializeToArray(publications), Milliseconds(ClaimTime), limits.MaxPending, limits.MaxPendingBytes, limits.MaxRemembered,
        ];
        var reply = await CallAsync(SetScripts.Commit, _keys.ForCommit, arguments);
        switch ((string)reply[0]!)
        {
            case "done":
                return new SetDecision(null, SetOutcome.Parse((string)reply[1]!));
            case "open":
                metrics.SetsPending((long)reply[4]);
                return new SetDecision(Read(key, reply[1], reply[2], reply[3]), null);
            default:
                metrics.AtomicRefused("full");
                throw new WsClusterException(ErrorCode.TooManyRequests, "Too many atomic sets are pending already.");
        }
    }

    public async Task<IReadOnlyList<AtomicSet>> ClaimAsync()
    {
        var reply = await CallAsync(SetScripts.Claim, _keys.ForClaim, [Milliseconds(ClaimTime), MostClaims]);
        metrics.SetsPending((long)reply[0]);
        var claimed = new List<AtomicSet>();
        for (var i = 2; i < reply.Length; i += 3)
        {
            claimed.Add(Read((string)reply[i]!, reply[i + 1], reply[1], reply[i + 2]));
        }

        return claimed;
    }

    public async Task<SetOutcome> CompleteAsync(AtomicSet set, StreamPosition[] positions)
    {
        var outcome = SetOutcome.Of(set.Publications, positions);
        RedisValue[] arguments = [set.Key, set.Number, outcome.ToString(), Milliseconds(IdempotencyWindow.Lifetime), options.Value.MaxRemembered];
        var reply = await CallAsync(SetScripts.Complete, _keys.ForComplete, arguments);
        metrics.KeysForgotten((int)reply[1]);
        return (string)reply[0]! is { Length: > 0 } counts ? SetOutcome.Parse(counts) : outcome;
    }

    private AtomicSet Read(string key, RedisResult number, RedisResult oldest, RedisResult intent) =>
        new(key, (long)number, (long)oldest, serializer.Deserialize((byte[])intent!)!);

    private async Task<RedisResult[]> CallAsync(string script, RedisKey[] keys, RedisValue[] arguments)
    {
        var started = time.GetTimestamp();
        var mayHaveRun = false;
        do
        {
            try
            {
                await link.ConnectAsync();
                return (RedisResult[])(await link.CallAsync(database => database.ScriptEvaluateAsync(script, keys, arguments)))!;
            }
            catch (RedisAwayException e)
            {
                mayHaveRun |= e.MayHaveRun;
            }
            catch (RedisConnectionException)
            {
                // not connected: nothing was sent
            }
        }
        while (mayHaveRun && await link.WaitUntilBackAsync(redis.Value.AppendDeadline - time.GetElapsedTime(started)));

        metrics.AtomicRefused(mayHaveRun ? "unknown" : "away");
        throw new WsClusterException(
            ErrorCode.Internal,
            mayHaveRun ? "The store of atomic sets did not answer: the outcome is unknown." : "The store of atomic sets is away: nothing was decided.");
    }

    private static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
