using System.Globalization;
using WsCluster.Routing;

namespace WsCluster.Grains.AtomicSets;

/// <summary>A set that was decided and that may lack some of its publications.</summary>
/// <param name="Key">Its idempotency key.</param>
/// <param name="Number">Its number: sets that are decided later have higher ones.</param>
/// <param name="Oldest">The number of the oldest incomplete set.</param>
/// <param name="Publications">What is published.</param>
internal sealed record AtomicSet(string Key, long Number, long Oldest, ChannelPublication[] Publications)
{
    /// <summary>How long ago it was decided: its number is that time in microseconds, or a little more.</summary>
    public TimeSpan Age(TimeProvider time) => time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(Number / 1000);

    /// <summary>What one of its channels is asked to publish. Asking again, at any time, changes nothing.</summary>
    public PublishRequest RequestFor(ChannelPublication publication) => publication.Request with
    {
        Mark = new SetMark(Number, Oldest),
        IdempotencyKey = string.Create(CultureInfo.InvariantCulture, $"~set.{Number}"), // for a silo that does not know marks yet
    };
}
