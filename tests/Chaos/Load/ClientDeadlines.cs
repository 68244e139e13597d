using System.Diagnostics;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>How long a client waits for its server before it gives the connection up. Its client's lock guards it.</summary>
internal sealed class ClientDeadlines
{
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PingTolerance = TimeSpan.FromSeconds(10);

    private long _reply = long.MaxValue; // for the commands under way
    private long _ping = long.MaxValue;
    private TimeSpan _pingInterval;

    /// <summary>The time stamp when this time has passed.</summary>
    public static long After(TimeSpan time) => Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);

    /// <summary>Commands are under way: a reply has to come in time.</summary>
    public void AwaitReply() => _reply = After(CommandTimeout);

    /// <summary>All commands are answered.</summary>
    public void AwaitNoReply() => _reply = long.MaxValue;

    /// <summary>Connected: from now on pings have to come this often.</summary>
    public void AwaitPings(TimeSpan interval)
    {
        _pingInterval = interval;
        Pinged();
    }

    /// <summary>A ping came.</summary>
    public void Pinged() => _ping = After(_pingInterval + PingTolerance);

    /// <summary>The connection is gone.</summary>
    public void Clear() => (_reply, _ping) = (long.MaxValue, long.MaxValue);

    /// <summary>What did not come in time; null: nothing is overdue.</summary>
    public string? Overdue(long now) => now > _reply ? "no answer to a command" : now > _ping ? "no ping" : null;
}
