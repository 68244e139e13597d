using System.Text;

namespace WsCluster.Tests.Unit.Protocol.Fuzz;

/// <summary>
/// RFC 9112 and RFC 6455 §4.2.1 once more, as plainly as they can be written: what a head must be to be an upgrade that the
/// gateway answers itself.
/// </summary>
internal static class SimpleHandshake
{
    private const string TokenCharacters = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <summary>True for such a head; the bytes behind its empty line do not matter.</summary>
    public static bool IsUpgrade(byte[] bytes)
    {
        // A line may end without its CR (RFC 9112 §2.2), here as at the HTTP server that answers the rest.
        var all = Encoding.Latin1.GetString(bytes).Split('\n').Select(line => line.EndsWith('\r') ? line[..^1] : line).ToList();
        var end = all.IndexOf("");
        if (end < 1 || end == all.Count - 1)
        {
            return false;
        }

        var lines = all[..end];
        var headers = new List<(string Name, string Value)>();
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1 || line[..colon].Any(c => !TokenCharacters.Contains(c)) || line.Any(c => c is '\0' or '\r' or '\n'))
            {
                return false;
            }

            headers.Add((line[..colon].ToLowerInvariant(), line[(colon + 1)..].Trim(' ', '\t')));
        }

        string[] Values(string name) => [.. headers.Where(header => header.Name == name).Select(header => header.Value)];
        bool HasToken(string name, string token) => Values(name).SelectMany(value => value.Split(',')).Any(item => item.Trim().Equals(token, StringComparison.OrdinalIgnoreCase));
        return IsRequestLine(lines[0])
            && headers.Count <= 100
            && Values("host") is [{ Length: > 0 } host] && !host.Any(c => "/\\@?# \t,".Contains(c))
            && HasToken("upgrade", "websocket")
            && HasToken("connection", "upgrade")
            && Values("sec-websocket-version") is ["13"]
            && Values("sec-websocket-key") is [var key] && IsKey(key)
            && Values("transfer-encoding") is []
            && Values("content-length").All(length => length == "0");
    }

    /// <summary>
    /// True when nothing separates the version from what is before it: Kestrel's parser, which both ways share, takes some of these.
    /// </summary>
    public static bool LacksASpace(byte[] bytes)
    {
        var line = Encoding.Latin1.GetString(bytes).Split('\n')[0].TrimEnd('\r');
        return line.EndsWith("HTTP/1.1", StringComparison.Ordinal) && !line.EndsWith(" HTTP/1.1", StringComparison.Ordinal);
    }

    /// <summary>GET, a path with or without a query, and the version; before that there may be more than one space (RFC 9112 §3).</summary>
    private static bool IsRequestLine(string line) =>
        line.StartsWith("GET /", StringComparison.Ordinal)
        && line.EndsWith(" HTTP/1.1", StringComparison.Ordinal)
        && line["GET ".Length..^" HTTP/1.1".Length].TrimEnd(' ').All(c => c is > ' ' and < (char)0x7F);

    private static bool IsKey(string key)
    {
        var bytes = new byte[64];
        return key.Length == 24 && Convert.TryFromBase64String(key, bytes, out var length) && length == 16;
    }
}
