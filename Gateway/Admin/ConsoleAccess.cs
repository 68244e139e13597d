using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using WsCluster.Configuration;
using WsCluster.Gateway.Authorization;

namespace WsCluster.Gateway.Admin;

/// <summary>How a request stands to the console.</summary>
internal enum ConsoleEntry
{
    /// <summary>There is no console for it.</summary>
    Off,

    /// <summary>It must sign in.</summary>
    SignIn,

    /// <summary>It has signed in.</summary>
    SignedIn,

    /// <summary>It comes from this machine, where the console is open.</summary>
    Open,
}

/// <summary>Decides who may use the console: by a cookie, a password, or being on this machine in embedded mode.</summary>
internal sealed class ConsoleAccess(
    IOptionsMonitor<ConsoleOptions> options,
    ClusterOptions cluster,
    ConsoleTokens tokens,
    RevocationList revocations,
    TimeProvider time)
{
    /// <summary>The user of consoles' connections. An application's user of the same name gets none of their rights.</summary>
    public const string User = "!console";

    /// <summary>The name of the cookie.</summary>
    public const string Cookie = "wscluster_console";

    /// <summary>True when a console can be had here at all.</summary>
    public bool IsOn => options.CurrentValue.Password.Length > 0 || IsOpenHere;

    /// <summary>True when browsers on this machine need not sign in.</summary>
    public bool IsOpenHere => cluster.IsEmbedded && options.CurrentValue is { OpenOnLoopback: true, Password: "" };

    /// <summary>How a request stands, and its session when it has one.</summary>
    public (ConsoleEntry Entry, ConsoleSession? Session) Enter(HttpContext http)
    {
        if (options.CurrentValue.Password.Length > 0)
        {
            var session = tokens.Read(http.Request.Cookies[Cookie] ?? "", ConsolePurpose.Cookie);
            return session is not null && !IsRevoked(session) ? (ConsoleEntry.SignedIn, session) : (ConsoleEntry.SignIn, null);
        }

        return IsOpenHere && IsOnThisMachine(http) ? (ConsoleEntry.Open, Begin()) : (ConsoleEntry.Off, null);
    }

    /// <summary>The session that a connection's token belongs to; null when it is no console's.</summary>
    public ConsoleSession? ReadConnectionToken(string token) =>
        token.StartsWith(ConsoleTokens.Prefix, StringComparison.Ordinal) && IsOn && tokens.Read(token, ConsolePurpose.Connection) is { } session
        && !IsRevoked(session) ? session : null;

    /// <summary>A new session.</summary>
    public ConsoleSession Begin()
    {
        var now = time.GetUtcNow();
        return new ConsoleSession($"console-{RandomNumberGenerator.GetHexString(16, lowercase: true)}", now, now + options.CurrentValue.SessionLifetime);
    }

    /// <summary>Compares as hashes and in constant time: the time taken says nothing about how much was right, nor about the length.</summary>
    public bool IsPassword(string attempt)
    {
        var password = options.CurrentValue.Password;
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(attempt)), SHA256.HashData(Encoding.UTF8.GetBytes(password)))
            && password.Length > 0;
    }

    /// <summary>
    /// True for a page of our own. A page of another site can neither set the header without a preflight, which nobody answers,
    /// nor leave its own site out of what the browser says about it.
    /// </summary>
    public static bool IsOwnPage(HttpRequest request) =>
        request.Headers.ContainsKey("X-WsCluster-Console")
        && request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin"
        && (request.Headers.Origin.ToString() is not { Length: > 0 } origin
            || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)));

    private bool IsRevoked(ConsoleSession session) => revocations.IsRevoked(User, session.Id, session.IssuedAt);

    /// <summary>
    /// The peer is this machine, the browser asked for this machine (a name that another site had pointed here is not), and no
    /// proxy says that it passes on the request of somebody else.
    /// </summary>
    private static bool IsOnThisMachine(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } peer && IPAddress.IsLoopback(peer)
        && IsLocalName(http.Request.Host.Host)
        && !http.Request.Headers.ContainsKey("X-Forwarded-For")
        && !http.Request.Headers.ContainsKey("Forwarded")
        && !http.Request.Headers.ContainsKey(HeaderNames.Via);

    private static bool IsLocalName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
