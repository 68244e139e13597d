using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace WsCluster.Gateway.ServerApi;

/// <summary>
/// Decides whether a caller may use the API (protocol §22). Keys are compared as hashes, all of them and in constant
/// time, so that the time taken says nothing about how much of a key was right, nor about its length.
/// </summary>
internal sealed class ApiKeys : IDisposable
{
    private const string Scheme = "apikey";
    private const string NoKey = "none"; // of those who call an insecure API without one
    private const int KeyIdBytes = 8;

    private readonly IDisposable? _changes;

    /// <summary>Replaced whole when the configuration changes.</summary>
    private volatile Snapshot _current;

    public ApiKeys(IOptionsMonitor<ApiOptions> options)
    {
        _current = new Snapshot(options.CurrentValue);
        _changes = options.OnChange(changed => _current = new Snapshot(changed));
    }

    /// <summary>True when a request may be answered. <paramref name="keyId"/> then names its key, without telling it.</summary>
    public bool Allows(HttpRequest request, out string keyId)
    {
        var current = _current;
        return current.Matches(KeyInHeaders(request), out keyId) || current.Matches(request.Query["api_key"], out keyId) || current.Insecure;
    }

    public void Dispose() => _changes?.Dispose();

    private static string? KeyInHeaders(HttpRequest request)
    {
        if (request.Headers.TryGetValue("X-API-Key", out var key))
        {
            return key;
        }

        var authorization = request.Headers[HeaderNames.Authorization].ToString();
        return authorization.StartsWith(Scheme + " ", StringComparison.OrdinalIgnoreCase) ? authorization[(Scheme.Length + 1)..].Trim() : null;
    }

    private sealed class Snapshot(ApiOptions options)
    {
        private readonly byte[][] _hashes = [.. options.Keys.Where(key => !string.IsNullOrWhiteSpace(key)).Select(Hash)];

        public bool Insecure { get; } = options.Insecure;

        public bool Matches(string? key, out string keyId)
        {
            keyId = NoKey;
            if (string.IsNullOrEmpty(key))
            {
                return false;
            }

            var hash = Hash(key);
            var matches = false;
            foreach (var known in _hashes)
            {
                matches |= CryptographicOperations.FixedTimeEquals(known, hash); // no early exit
            }

            keyId = matches ? Convert.ToHexStringLower(hash.AsSpan(0, KeyIdBytes)) : NoKey;
            return matches;
        }

        private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
    }
}
