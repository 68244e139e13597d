using System.Net;

namespace WsCluster.Gateway.Authentication;

/// <summary>
/// One issuer's published keys, kept in memory. A set that is old is fetched again in the background while it goes on being
/// used; an unknown key id makes the caller wait for a fetch, at most one at a time and not sooner than
/// <see cref="TokenOptions.JwksRefetchInterval"/> after the last. While the issuer is out of reach its last keys count.
/// </summary>
internal sealed class JwksKeySet(JwksOptions options, TokenOptions tokens, HttpClient http, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LongestAge = TimeSpan.FromDays(1);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    private readonly Lock _sync = new();
    private volatile KeySnapshot? _snapshot; // replaced whole
    private Task<bool>? _fetching; // guarded by _sync, like the fields below
    private DateTimeOffset _mayFetchAt = DateTimeOffset.MinValue;
    private int _failures;

    /// <summary>Whose keys these are.</summary>
    public JwksOptions Options => options;

    /// <summary>The key with this id for this algorithm.</summary>
    /// <returns>
    /// The key; or null, and whether that is certain: it is not while the issuer cannot be asked.
    /// </returns>
    public async ValueTask<(PublishedKey? Key, bool IsCertain)> FindAsync(string keyId, string algorithm)
    {
        if (Find(keyId) is not { } key)
        {
            if (Fetch() is not { } fetching)
            {
                return (null, false);
            }

            var isFetched = await fetching;
            key = Find(keyId);
            if (key is null)
            {
                return (null, isFetched);
            }
        }

        return (key.Algorithms.Contains(algorithm) ? key : null, true);
    }

    private PublishedKey? Find(string keyId)
    {
        if (_snapshot is not { } snapshot)
        {
            return null;
        }

        var age = time.GetUtcNow() - snapshot.FetchedAt;
        if (age > tokens.JwksLifetime)
        {
            _ = Fetch(); // nobody waits for it
        }

        return age > LongestAge ? null : snapshot.Keys.GetValueOrDefault(keyId);
    }

    /// <summary>The fetch that is under way, started now if it may be; null when it is too soon for another.</summary>
    private Task<bool>? Fetch()
    {
        lock (_sync)
        {
            if (_fetching is null && time.GetUtcNow() >= _mayFetchAt)
            {
                _fetching = Task.Run(FetchAsync);
            }

            return _fetching;
        }
    }

    private async Task<bool> FetchAsync()
    {
        var succeeded = false;
        try
        {
            using var response = await http.GetAsync(new Uri(options.Url));
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new HttpRequestException($"It answered with status {(int)response.StatusCode}.");
            }

            var keys = JwksReader.Read(await response.Content.ReadAsStringAsync());
            _snapshot = new KeySnapshot(keys, time.GetUtcNow());
            succeeded = true;
            TokenLog.KeysFetched(logger, options.Url, keys.Count);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or ArgumentException or InvalidOperationException)
        {
            TokenLog.KeysOutOfReach(logger, options.Url, e.Message);
        }
        finally
        {
            lock (_sync)
            {
                _failures = succeeded ? 0 : Math.Min(_failures + 1, 16);
                var retry = FirstRetry * Math.Pow(2, _failures - 1);
                _mayFetchAt = time.GetUtcNow() + (succeeded || retry > tokens.JwksRefetchInterval ? tokens.JwksRefetchInterval : retry);
                _fetching = null;
            }
        }

        return succeeded;
    }

    private sealed record KeySnapshot(Dictionary<string, PublishedKey> Keys, DateTimeOffset FetchedAt);
}
