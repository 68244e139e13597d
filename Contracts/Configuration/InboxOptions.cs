using System.ComponentModel.DataAnnotations;

namespace WsCluster.Configuration;

/// <summary>Inboxes of users, bound from <c>WsCluster:Inbox</c>; the same for silos and gateways.</summary>
public sealed class InboxOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:Inbox";

    /// <summary>
    /// Give each user an inbox, and subscribe a user's connections to it when they connect. What it keeps, how long and how safely is
    /// up to the namespace's HistorySize, HistoryTtl and Durability.
    /// </summary>
    public bool Enabled { get; set; }

    /// <summary>The namespace of inboxes, which must be configured: a user's is namespace:#user. Default: inbox.</summary>
    [RegularExpression("^[-a-zA-Z0-9_.]{1,64}$")]
    public string Namespace { get; set; } = InboxChannel.DefaultNamespace;

    /// <summary>Bytes that one message in an inbox may have; with the namespace's HistorySize they bound an inbox. Default: 16 KiB.</summary>
    [Range(64, 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 16 * 1024;

    /// <summary>
    /// Ask the user's behavior (OnUnreadAsync) about messages that are unread for this long, up to twice as long while the user reads
    /// others. The reminder outlives silos. Zero: never.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan UnreadAfter { get; set; }

    /// <summary>The user's inbox; null when there is none.</summary>
    public string? ChannelOf(string user) => Enabled && InboxChannel.IsPossible(user) ? InboxChannel.Of(user, Namespace) : null;
}
