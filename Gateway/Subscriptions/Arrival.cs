using WsCluster.Routing;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>Something that was delivered of a channel: a publication, a join or leave, or where the channel's way here changes.</summary>
internal readonly record struct Arrival
{
    public required DeliveryKind Kind { get; init; }

    /// <summary>The publication's epoch.</summary>
    public string Epoch { get; init; }

    public Publication? Publication { get; init; }

    /// <summary>Who joined or left.</summary>
    public ClientInfo? Info { get; init; }

    /// <summary>What begins or ends.</summary>
    public RelayStint Stint { get; init; }

    /// <summary>The relay that the channel comes by from here on, as its batches name it.</summary>
    public string RelayId { get; init; }

    /// <summary>True when it says where the channel comes from.</summary>
    public bool IsAboutTheWay => Kind is DeliveryKind.Relayed or DeliveryKind.RelayBegin or DeliveryKind.RelayEnd;

    public static Arrival Of(string epoch, Publication publication) => new() { Kind = DeliveryKind.Publication, Epoch = epoch, Publication = publication };

    public static Arrival Of(DeliveryKind kind, ClientInfo info) => new() { Kind = kind, Info = info };

    public static Arrival Of(DeliveryKind kind, RelayStint stint, string relayId) => new() { Kind = kind, Stint = stint, RelayId = relayId };
}
