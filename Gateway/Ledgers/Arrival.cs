using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Ledgers;

/// <summary>A publication that was handed to a channel's subscribers on this gateway: what is remembered of it, and no payload.</summary>
/// <param name="Offset">Its offset; zero in a channel without history.</param>
/// <param name="At">When, in UTC ticks.</param>
/// <param name="Repaired">True when it was read from history, because it had not come.</param>
/// <param name="Tags">Its tags, to tell which filters kept it out; null where the channel has none.</param>
internal readonly record struct Arrival(ulong Offset, long At, bool Repaired, IReadOnlyDictionary<string, string>? Tags)
{
    /// <summary>True when the filter lets it through.</summary>
    public bool Passes(TagsFilter? filter) => filter?.Matches(Tags) ?? true;
}
