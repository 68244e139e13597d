namespace WsCluster.Tests.ChaosSilo;

/// <summary>
/// What a channel's publications add up to: how many, how many bytes, and a digest that depends on each byte and on the order. Two who
/// have the same have seen the same.
/// </summary>
internal sealed record Tally
{
    private const ulong DigestPrime = 1099511628211; // FNV-1a

    public long Count { get; init; }

    public long Bytes { get; init; }

    public ulong Digest { get; init; } = 14695981039346656037;

    /// <summary>The tally after one more publication.</summary>
    public Tally Add(ReadOnlySpan<byte> data)
    {
        var digest = Digest;
        foreach (var one in data)
        {
            digest = unchecked((digest ^ one) * DigestPrime);
        }

        return new Tally { Count = Count + 1, Bytes = Bytes + data.Length, Digest = digest };
    }

    /// <summary>What the behavior writes behind a publication: what it knew when it decided about it.</summary>
    public override string ToString() => $"{Count}|{Bytes}|{Digest}";
}
