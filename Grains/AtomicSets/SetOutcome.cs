using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace WsCluster.Grains.AtomicSets;

/// <summary>
/// Where a set was published, and a fingerprint of its channels' names: a key that comes again for other channels is a mistake. As a
/// text: <c>fingerprint;offset:epoch,offset:epoch</c>.
/// </summary>
internal sealed record SetOutcome(string Channels, StreamPosition[] Positions)
{
    /// <summary>The outcome for publications at these positions.</summary>
    public static SetOutcome Of(ChannelPublication[] publications, StreamPosition[] positions) => new(FingerprintOf(publications), positions);

    /// <summary>Short, and different for other channels.</summary>
    public static string FingerprintOf(ChannelPublication[] publications) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', publications.Select(publication => publication.Channel)))).AsSpan(0, 8));

    /// <summary>Reads the text.</summary>
    public static SetOutcome Parse(string text)
    {
        var end = text.IndexOf(';', StringComparison.Ordinal);
        return new SetOutcome(text[..end], [.. text[(end + 1)..].Split(',').Select(ParsePosition)]);
    }

    public override string ToString() =>
        $"{Channels};{string.Join(',', Positions.Select(position => string.Create(CultureInfo.InvariantCulture, $"{position.Offset}:{position.Epoch}")))}";

    private static StreamPosition ParsePosition(string text)
    {
        var end = text.IndexOf(':', StringComparison.Ordinal);
        return new StreamPosition(ulong.Parse(text.AsSpan(0, end), provider: CultureInfo.InvariantCulture), text[(end + 1)..]);
    }
}
