namespace WsCluster;

/// <summary>Joins the gateways' parts of a list. Each gives its first entries after the mark, so the first ones of all are right.</summary>
internal static class GatewayLists
{
    /// <summary>Refuses a page that no gateway would give.</summary>
    public static void ThrowIfBad(ListQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Limit is <= 0 or > ListQuery.MaxLimit)
        {
            throw new WsClusterException(ErrorCode.BadRequest, $"A page has 1 to {ListQuery.MaxLimit} entries.");
        }
    }

    /// <summary>The page of all gateways' entries; <paramref name="join"/> makes one of those with the same key.</summary>
    public static ListPage<T> Join<T>(IEnumerable<IReadOnlyList<T>> parts, ListQuery query, Func<T, string> key, Func<T, T, T> join)
    {
        var joined = new SortedDictionary<string, T>(StringComparer.Ordinal);
        var isCut = false;
        foreach (var part in parts)
        {
            isCut |= part.Count >= query.Limit;
            foreach (var item in part)
            {
                joined[key(item)] = joined.TryGetValue(key(item), out var known) ? join(known, item) : item;
            }
        }

        var items = joined.Values.Take(query.Limit).ToList();
        return new ListPage<T>(items, isCut || joined.Count > items.Count ? key(items[^1]) : null);
    }
}
