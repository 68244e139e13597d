namespace WsCluster.Gateway.Connections;

/// <summary>Something that has to happen at a time.</summary>
internal interface IDeadline
{
    /// <summary>
    /// Called on a pool thread at or shortly after the scheduled time, possibly more than once and possibly early when an
    /// older time was scheduled too: look at the clock, do what is due, and return when to be called next (null: never).
    /// </summary>
    DateTimeOffset? OnDeadline(DateTimeOffset now);
}
