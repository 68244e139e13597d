using System.Globalization;
using System.Security.Cryptography;

namespace WsCluster;

/// <summary>
/// Keys for publishes whose caller gave none: 16 random digits per process and a count. Short, because a channel keeps
/// every key for the idempotency window.
/// </summary>
internal static class IdempotencyKeys
{
    private static readonly string Process = "~" + RandomNumberGenerator.GetHexString(16, lowercase: true) + ".";
    private static long _count;

    public static string Next() => Process + Interlocked.Increment(ref _count).ToString("x", CultureInfo.InvariantCulture);
}
