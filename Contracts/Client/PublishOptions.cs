namespace WsCluster;

/// <summary>What a publish may say besides its data; see <see cref="PublishRequest"/> for the details of each.</summary>
public sealed record PublishOptions
{
    /// <summary>Text labels that subscription filters look at.</summary>
    public Dictionary<string, string>? Tags { get; init; }

    /// <summary>The same key in the same channel publishes once within the idempotency window. At most 256 characters.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Deliver to live subscribers only, without an offset.</summary>
    public bool SkipHistory { get; init; }

    /// <summary>Let subscribers that asked for deltas get this publication as one.</summary>
    public bool Delta { get; init; }

    /// <summary>Publish only if this is above the channel's last version. Zero for none.</summary>
    public ulong Version { get; init; }

    /// <summary>Compare versions only within this version epoch.</summary>
    public string? VersionEpoch { get; init; }

    /// <summary>The request that publishes <paramref name="data"/>, which must not be written to again.</summary>
    internal static PublishRequest CreateRequest(byte[] data, PublishOptions? options) => new()
    {
        Data = data,
        Tags = options?.Tags,
        IdempotencyKey = options?.IdempotencyKey,
        SkipHistory = options?.SkipHistory ?? false,
        Delta = options?.Delta ?? false,
        Version = options?.Version ?? 0,
        VersionEpoch = options?.VersionEpoch,
    };
}
