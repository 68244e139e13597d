using System.ComponentModel.DataAnnotations;

namespace WsCluster.Gateway.Admin;

/// <summary>The console, the web page for people, bound from <c>WsCluster:Console</c>.</summary>
internal sealed class ConsoleOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:Console";

    /// <summary>
    /// The password of the console, the same on all gateways; at least 8 characters. Empty: no console, but for
    /// OpenOnLoopback. A new one ends all sessions.
    /// </summary>
    [RegularExpression("^(.{8,256})?$")]
    public string Password { get; set; } = "";

    /// <summary>
    /// In embedded mode and without a password: let browsers on this machine in without signing in. They must have asked for
    /// localhost, and not come through a proxy.
    /// </summary>
    public bool OpenOnLoopback { get; set; } = true;

    /// <summary>How long a sign-in lasts.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>
    /// Attempts to sign in within a minute, of one client address (IPv6: its /64) and ten times as many of all. One more is answered
    /// with HTTP status 429.
    /// </summary>
    [Range(1, 1000)]
    public int MaxAttemptsPerMinute { get; set; } = 10;
}
