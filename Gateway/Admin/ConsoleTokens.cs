using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;

namespace WsCluster.Gateway.Admin;

/// <summary>
/// Signs and checks what a console proves itself with. The key is made of the password, so that every gateway of the cluster accepts
/// it and a new password ends all of them; without a password it is a random one of this process. Safe for concurrent use.
/// </summary>
internal sealed class ConsoleTokens : IDisposable
{
    /// <summary>What every token begins with; no JWT does.</summary>
    public const string Prefix = "console.";

    private const int Iterations = 200_000; // who steals a token can try passwords on it: each costs this much
    private const int KeyBytes = 32;

    private static readonly byte[] Salt = "WsCluster console tokens, version 1"u8.ToArray();

    private readonly TimeProvider _time;
    private readonly byte[] _random = RandomNumberGenerator.GetBytes(KeyBytes);
    private readonly IDisposable? _changes;
    private volatile Lazy<byte[]> _key;

    public ConsoleTokens(IOptionsMonitor<ConsoleOptions> options, ClusterOptions cluster, TimeProvider time)
    {
        _time = time;
        _key = Key(options.CurrentValue.Password);
        var password = options.CurrentValue.Password;
        _changes = options.OnChange(changed =>
        {
            if (changed.Password != password)
            {
                password = changed.Password;
                _key = Key(password);
            }
        });

        Lazy<byte[]> Key(string secret) => new(() => secret.Length == 0 ? _random : Derive(secret, cluster.ClusterId));
    }

    /// <summary>A token of a session, for one purpose.</summary>
    public string Create(ConsoleSession session, ConsolePurpose purpose)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{Prefix}{(int)purpose}.{session.Id}.{session.IssuedAt.ToUnixTimeMilliseconds()}.{session.ExpireAt.ToUnixTimeMilliseconds()}");
        return $"{text}.{Sign(text)}";
    }

    /// <summary>The session of a genuine token for this purpose that has not expired; null for any other text.</summary>
    public ConsoleSession? Read(string token, ConsolePurpose purpose)
    {
        var end = token.LastIndexOf('.');
        if (!token.StartsWith(Prefix, StringComparison.Ordinal) || token.Length > 256 || end < 0)
        {
            return null;
        }

        var signature = Encoding.UTF8.GetBytes(Sign(token[..end]));
        if (!CryptographicOperations.FixedTimeEquals(signature, Encoding.UTF8.GetBytes(token[(end + 1)..])))
        {
            return null;
        }

        // From here on it is text of our own.
        var parts = token.Split('.');
        var session = new ConsoleSession(parts[2], Time(parts[3]), Time(parts[4]));
        return parts[1] == ((int)purpose).ToString(CultureInfo.InvariantCulture) && session.ExpireAt > _time.GetUtcNow() ? session : null;
    }

    public void Dispose() => _changes?.Dispose();

    private static byte[] Derive(string password, string clusterId)
    {
        byte[] salt = [.. Salt, .. Encoding.UTF8.GetBytes(clusterId)];
        return Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, KeyBytes);
    }

    private string Sign(string text) => Base64Url.EncodeToString(HMACSHA256.HashData(_key.Value, Encoding.UTF8.GetBytes(text)));

    private static DateTimeOffset Time(string milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(milliseconds, CultureInfo.InvariantCulture));
}

/// <summary>One sign-in at the console.</summary>
/// <param name="Id">Names it, as the session of its connections.</param>
/// <param name="IssuedAt">When it began.</param>
/// <param name="ExpireAt">When it ends.</param>
internal sealed record ConsoleSession(string Id, DateTimeOffset IssuedAt, DateTimeOffset ExpireAt);

/// <summary>What a token is good for.</summary>
internal enum ConsolePurpose
{
    /// <summary>The page's requests, as a cookie.</summary>
    Cookie = 1,

    /// <summary>The page's connection, in its connect command.</summary>
    Connection = 2,
}
