namespace WsCluster.Client.Protocol;

/// <summary>Whether and when a connection or subscription has to be refreshed.</summary>
internal readonly record struct Expiry(bool Expires, TimeSpan Ttl)
{
    /// <summary>Null when it does not expire.</summary>
    public TimeSpan? RefreshAfter => Expires ? Ttl : null;
}

/// <summary>The result of a refresh of the connection.</summary>
internal sealed record RefreshResult : IIncoming<RefreshResult>
{
    private static readonly FieldNames Fields = new(("expires", 3), ("ttl", 4));

    public Expiry Expiry { get; private set; }

    public static RefreshResult Read<TReader>(ref TReader reader)
        where TReader : IFieldReader, allows ref struct
    {
        var result = new RefreshResult();
        while (reader.Next(Fields, out var number))
        {
            result.Expiry = number == 3
                ? result.Expiry with { Expires = reader.Flag() }
                : result.Expiry with { Ttl = TimeSpan.FromSeconds(reader.Number()) };
        }

        return result;
    }
}

/// <summary>The result of a refresh of a subscription: the same under other numbers.</summary>
internal sealed record SubRefreshResult : IIncoming<SubRefreshResult>
{
    private static readonly FieldNames Fields = new(("expires", 1), ("ttl", 2));

    public Expiry Expiry { get; private set; }

    public static SubRefreshResult Read<TReader>(ref TReader reader)
        where TReader : IFieldReader, allows ref struct
    {
        var result = new SubRefreshResult();
        while (reader.Next(Fields, out var number))
        {
            result.Expiry = number == 1
                ? result.Expiry with { Expires = reader.Flag() }
                : result.Expiry with { Ttl = TimeSpan.FromSeconds(reader.Number()) };
        }

        return result;
    }
}
