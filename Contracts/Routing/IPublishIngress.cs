using Orleans.Concurrency;

namespace WsCluster.Routing;

/// <summary>
/// A silo's entrance for what gateways publish: one call carries publications for many of the silo's channels, which then
/// get them without leaving the silo. The key is <see cref="KeyOf"/>. Not for applications.
/// </summary>
[Alias("WsCluster.IPublishIngress")]
public interface IPublishIngress : IGrainWithStringKey
{
    /// <summary>
    /// Publishes to each channel, in the order of its requests. A failing channel does not touch the others. Channels that
    /// live on another silo by now are found there.
    /// </summary>
    /// <returns>One receipt for each of <paramref name="groups"/>, in their order.</returns>
    [Alias("Publish"), AlwaysInterleave]
    Task<PublishReceipt[]> PublishAsync([Immutable] ChannelPublishes[] groups);

    /// <summary>The key of the ingress that a gateway uses on a silo: each gateway has its own.</summary>
    static string KeyOf(string siloId, string gatewayId) => $"{siloId}/{gatewayId}";

    /// <summary>The silo that a key names.</summary>
    static string SiloOf(string key) => key[..key.IndexOf('/', StringComparison.Ordinal)];
}

/// <summary>What is to be published in one channel.</summary>
/// <param name="Channel">The channel's name.</param>
/// <param name="Requests">The publications in their order; at least one.</param>
[GenerateSerializer, Immutable, Alias("WsCluster.ChannelPublishes")]
public sealed record ChannelPublishes([property: Id(0)] string Channel, [property: Id(1)] PublishRequest[] Requests);

/// <summary>What became of a channel's publications.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.PublishReceipt")]
public sealed record PublishReceipt
{
    /// <summary>How the call to the channel ended.</summary>
    [Id(0)] public PublishCallStatus Status { get; init; }

    /// <summary>The silo that hosts the channel; null when the call failed, and for channels of the silo whose ingress was asked.</summary>
    [Id(1)] public string? SiloId { get; init; }

    /// <summary>The outcome of each request, in their order; empty when the call failed.</summary>
    [Id(2)] public PublishOutcome[] Outcomes { get; init; } = [];
}

/// <summary>How a call to a channel ended.</summary>
public enum PublishCallStatus
{
    /// <summary>It was answered.</summary>
    Done,

    /// <summary>It did not reach the channel: nothing was published.</summary>
    NotRun,

    /// <summary>There was no answer: it may or may not have run.</summary>
    Unknown,
}

/// <summary>What became of one publication.</summary>
/// <param name="Position">Its place in the stream; <see cref="StreamPosition.None"/> when the channel keeps no history, or it was refused.</param>
/// <param name="Error">Why it was refused, or <see cref="ErrorCode.None"/>.</param>
[GenerateSerializer, Immutable, Alias("WsCluster.PublishOutcome")]
public readonly record struct PublishOutcome([property: Id(0)] StreamPosition Position, [property: Id(1)] ErrorCode Error)
{
    /// <summary>The no of the channel's behavior, with its code and words; null for every other outcome.</summary>
    [Id(2)] public Denial? Denial { get; init; }

    /// <summary>What became of a publish that ended like this.</summary>
    public static PublishOutcome Of(WsClusterException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return new PublishOutcome(StreamPosition.None, failure.Denial is null ? failure.Code : ErrorCode.PermissionDenied) { Denial = failure.Denial };
    }

    /// <summary>True when it was published, or had been under the same idempotency key.</summary>
    public bool IsPublished => Error == ErrorCode.None;
}
