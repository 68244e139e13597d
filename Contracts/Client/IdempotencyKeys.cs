using System.Globalization;
using System.Security.Cryptography;

namespace WsCluster;

/// <summary>
/// Keys for publishes whose caller gave none: 16 random digits per process and a count. Short, because a channel keeps
/// every key for the idempotency window.
/// </summary>
internal static class IdempotencyKeys
{
    /// <summary>What generated keys begin with. Their use ends with the retries of one publish.</summary>
    private const char Mark = '~';

    private static readonly string Process = Mark + RandomNumberGenerator.GetHexString(16, lowercase: true) + ".";
    private static long _count;

    /// <summary>True for a key that was generated, so that those that publishers gave are not pushed out by them.</summary>
    public static bool IsGenerated(string key) => key.StartsWith(Mark);

    public static string Next() => Process + Interlocked.Increment(ref _count).ToString("x", CultureInfo.InvariantCulture);
}
