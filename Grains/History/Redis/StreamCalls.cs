using System.Globalization;
using StackExchange.Redis;
using WsCluster.Configuration;

namespace WsCluster.Grains.History.Redis;

/// <summary>What an activation learns when it takes a stream over.</summary>
/// <param name="Position">Epoch and top.</param>
/// <param name="Token">The owner token: higher than every earlier one of the epoch.</param>
internal readonly record struct StreamOwnership(StreamPosition Position, long Token);

/// <summary>The calls to Redis for the stream of one channel.</summary>
internal sealed class StreamCalls(RedisLink link, StreamKeys keys, ChannelOptions options)
{
    private const string Fenced = "fenced";
    private const string Lost = "lost";
    private const int ArgumentsBefore = 10;
    private const int ArgumentsEach = 6;
    private const int PageSize = 1000;

    private static readonly TimeSpan DefaultMetaTtl = TimeSpan.FromHours(720);

    private readonly RedisValue _historyTtl = Milliseconds(options.HistoryTtl);

    /// <summary>How long offset and epoch live after the last use: never shorter than what depends on them.</summary>
    public TimeSpan MetaTtl { get; } = Longest(
        options.HistoryMetaTtl > TimeSpan.Zero ? options.HistoryMetaTtl : DefaultMetaTtl, options.HistoryTtl, IdempotencyWindow.Lifetime);

    public async Task<StreamOwnership> OpenAsync(StreamPosition known)
    {
        RedisValue[] arguments = [StreamEpoch.Create(), Milliseconds(MetaTtl), known.Epoch, known.Offset];
        var reply = (RedisResult[])(await link.CallAsync(redis => redis.ScriptEvaluateAsync(StreamScripts.Open, keys.All, arguments)))!;
        return new StreamOwnership(new StreamPosition((ulong)reply[1], (string)reply[0]!), (long)reply[2]);
    }

    /// <summary>Appends a group. A repetition with the same <paramref name="call"/> number has no further effect.</summary>
    /// <returns>What became of each publication, in the script's words.</returns>
    /// <exception cref="StreamLostException">Nothing was appended: the stream has another owner, or is gone.</exception>
    public async Task<string> AppendAsync(StreamOwnership ownership, long call, IReadOnlyList<PendingAppend> group)
    {
        var arguments = new RedisValue[ArgumentsBefore + (group.Count * ArgumentsEach)];
        arguments[0] = ownership.Position.Epoch;
        arguments[1] = ownership.Token;
        arguments[2] = call;
        arguments[3] = ownership.Position.Offset;
        arguments[4] = options.HistorySize;
        arguments[5] = _historyTtl;
        arguments[6] = Milliseconds(MetaTtl);
        arguments[7] = Milliseconds(IdempotencyWindow.Lifetime);
        arguments[8] = IdempotencyWindow.Capacity;
        var hasKeys = false;
        var next = ArgumentsBefore;
        foreach (var append in group)
        {
            var request = append.Request;
            hasKeys |= !string.IsNullOrEmpty(request.IdempotencyKey);
            arguments[next++] = request.Mark is not null ? "a" : request.SkipHistory ? "l" : "s";
            arguments[next++] = request.IdempotencyKey ?? "";
            if (request.Mark is { } mark)
            {
                arguments[next++] = mark.Number;
                arguments[next++] = mark.Oldest;
            }
            else
            {
                arguments[next++] = request.Version == 0 ? "" : request.Version.ToString("D20", CultureInfo.InvariantCulture);
                arguments[next++] = request.VersionEpoch ?? "";
            }

            arguments[next++] = request.Data;
            arguments[next++] = PublicationFields.Write(request.Info, request.Tags, request.Delta || options.DeltaPublish);
        }

        arguments[9] = hasKeys ? 1 : 0;
        return Checked((string)(await link.CallAsync(redis => redis.ScriptEvaluateAsync(StreamScripts.Append, keys.All, arguments)))!);
    }

    public async Task RemoveAsync(StreamOwnership ownership)
    {
        RedisValue[] arguments = [ownership.Position.Epoch, ownership.Token];
        Checked((string)(await link.CallAsync(redis => redis.ScriptEvaluateAsync(StreamScripts.Remove, [keys.Meta, keys.Stream], arguments)))!);
    }

    /// <summary>Reads the publications with offsets from <paramref name="from"/> to <paramref name="to"/> that are still kept.</summary>
    /// <param name="from">The lowest offset.</param>
    /// <param name="to">The highest offset.</param>
    /// <param name="limit">Most to read; negative for no limit.</param>
    /// <param name="order">Whether the lowest or the highest comes first.</param>
    /// <param name="maxBytes">Reading ends soon after the data has exceeded this.</param>
    public async Task<IReadOnlyList<Publication>> ReadAsync(ulong from, ulong to, int limit, Order order, long maxBytes)
    {
        var publications = new List<Publication>();
        while (from <= to && maxBytes >= 0 && (limit < 0 || publications.Count < limit))
        {
            var count = limit < 0 ? PageSize : Math.Min(PageSize, limit - publications.Count);
            var (first, last) = (Id(from), Id(to));
            var entries = await link.CallAsync(redis => redis.StreamRangeAsync(keys.Stream, first, last, count, order));
            foreach (var entry in entries)
            {
                var publication = PublicationFields.Read(entry);
                publications.Add(publication);
                maxBytes -= publication.Data.Length;
            }

            if (entries.Length < count)
            {
                break;
            }

            var end = publications[^1].Offset;
            (from, to) = order == Order.Ascending ? (end + 1, to) : (from, end - 1);
        }

        return publications;
    }

    /// <summary>The idempotency keys that the stream remembers, each with the position that it stands for.</summary>
    public async Task<IReadOnlyList<(string Key, StreamPosition Result)>> ReadKeysAsync(string epoch)
    {
        var entries = await link.CallAsync(redis => redis.HashGetAllAsync(keys.IdempotencyKeys));
        return [.. entries.Select(entry => (
            (string)entry.Name!,
            entry.Value.IsNullOrEmpty ? StreamPosition.None : new StreamPosition((ulong)entry.Value, epoch)))];
    }

    /// <summary>The snapshot that is kept with the stream, or null.</summary>
    public async Task<StreamSnapshot?> ReadSnapshotAsync()
    {
        RedisValue[] fields = ["snapshotOffset", "snapshot"];
        var values = await link.CallAsync(redis => redis.HashGetAsync(keys.Meta, fields));
        return values[0].IsNullOrEmpty ? null : new StreamSnapshot((ulong)values[0], (byte[])values[1]!);
    }

    /// <summary>Keeps a snapshot with the stream, unless a newer one is there.</summary>
    /// <exception cref="StreamLostException">The stream has another owner, or is gone.</exception>
    public async Task WriteSnapshotAsync(StreamOwnership ownership, StreamSnapshot snapshot)
    {
        RedisValue[] arguments = [ownership.Position.Epoch, ownership.Token, snapshot.Offset, snapshot.State];
        Checked((string)(await link.CallAsync(redis => redis.ScriptEvaluateAsync(StreamScripts.Snapshot, [keys.Meta], arguments)))!);
    }

    /// <summary>Counts as a use: offset and epoch live for their whole time from now on.</summary>
    public Task TouchAsync() => link.CallAsync(redis => redis.KeyExpireAsync(keys.Meta, MetaTtl));

    private static string Checked(string reply) => reply switch
    {
        Fenced => throw new StreamLostException("another activation has taken it over"),
        Lost => throw new StreamLostException("Redis no longer has it as it was acknowledged"),
        _ => reply,
    };

    private static RedisValue Id(ulong offset) => string.Create(CultureInfo.InvariantCulture, $"{offset}-0");

    private static RedisValue Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;

    private static TimeSpan Longest(params ReadOnlySpan<TimeSpan> spans)
    {
        var longest = TimeSpan.Zero;
        foreach (var span in spans)
        {
            longest = span > longest ? span : longest;
        }

        return longest;
    }
}
