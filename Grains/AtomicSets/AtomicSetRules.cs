using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Grains.Channels;

namespace WsCluster.Grains.AtomicSets;

/// <summary>
/// Everything that a channel could say no to, asked before the set is decided: from then on no channel may refuse its part. So
/// channels whose behavior decides about publications cannot be in a set.
/// </summary>
internal sealed class AtomicSetRules(IOptions<ChannelNamespaces> namespaces, IOptions<AtomicPublishOptions> options)
{
    /// <summary>Throws for a set that must not be published.</summary>
    public void Check(AtomicPublishRequest request)
    {
        if (request.IdempotencyKey?.Length > PublishRules.MaxKeyLength)
        {
            throw Bad($"An idempotency key has at most {PublishRules.MaxKeyLength} characters.");
        }

        if (request.Publications.Length == 0 || request.Publications.Length > options.Value.MaxPublications)
        {
            throw Bad($"An atomic set has 1 to {options.Value.MaxPublications} publications.");
        }

        var channels = new HashSet<string>(StringComparer.Ordinal);
        long bytes = 0;
        foreach (var publication in request.Publications)
        {
            Check(publication);
            bytes += PublishRules.SizeOf(publication.Request);
            if (!channels.Add(publication.Channel))
            {
                throw Bad("A channel is in an atomic set once.");
            }
        }

        if (bytes > options.Value.MaxBytes)
        {
            throw Bad($"An atomic set has at most {options.Value.MaxBytes} bytes.");
        }
    }

    private void Check(ChannelPublication publication)
    {
        if (!PublishRules.IsName(publication.Channel))
        {
            throw Bad($"A channel's name has 1 to {PublishRules.MaxChannelBytes} bytes.");
        }

        var found = namespaces.Value.Find(publication.Channel) ?? throw new WsClusterException(ErrorCode.UnknownChannel);
        if (!found.IsInRedis || !found.HasHistory)
        {
            throw new WsClusterException(ErrorCode.NotAvailable, "An atomic set is for channels with history in Redis (Durability).");
        }

        if (found.Behavior)
        {
            throw new WsClusterException(ErrorCode.NotAvailable, "A channel whose behavior decides about publications cannot be in an atomic set.");
        }

        if (publication.Request is { SkipHistory: true } or { Version: > 0 } or { IdempotencyKey.Length: > 0 })
        {
            throw Bad("A publication of an atomic set has no idempotency key and no version of its own, and does not skip history.");
        }

        PublishRules.Check(publication.Request, found.PublicationDataFormat);
    }

    private static WsClusterException Bad(string message) => new(ErrorCode.BadRequest, message);
}
