using System.Globalization;
using WsCluster.Routing;

namespace WsCluster.Gateway.Ledgers;

/// <summary>Says what a ledger knows in sentences for people.</summary>
internal static class Reasons
{
    /// <summary>Why a connection got a publication, or did not.</summary>
    public static string Of(ClusterExplanation all, GatewayExplanation gateway, ConnectionExplanation connection, PublicationOutcome publication) =>
        publication.Outcome switch
        {
            DeliveryOutcome.Written when publication.Repaired => "Sent, late: the gateway had missed it and read it from history.",
            DeliveryOutcome.Written => "Sent: the gateway handed it to the connection's socket.",
            DeliveryOutcome.Waiting => $"Waits in the connection's queue ({Bytes(connection.QueuedBytes)} of all channels): the client reads too slowly.",
            DeliveryOutcome.Recovered => "Came with the subscribe reply, which had what was missed.",
            DeliveryOutcome.Earlier => "Published before the connection subscribed, and not recovered.",
            DeliveryOutcome.Later => $"Published after the subscription had ended{End(connection)}.",
            DeliveryOutcome.Filtered => "Kept out by the subscription's own tags filter.",
            DeliveryOutcome.Derived => "Sent, or left out for a newer one: the subscription gets less than every publication.",
            DeliveryOutcome.Lost => "Lost: the gateway missed it, and history had it no more; the subscriber was told.",
            DeliveryOutcome.Dropped => $"Queued, and dropped when the connection ended{End(connection)}.",
            DeliveryOutcome.NotArrived => NotArrived(all, gateway, publication.Offset),
            DeliveryOutcome.NotSubscribed => "The connection was not subscribed.",
            _ => "Longer ago than the ledger remembers.",
        };

    /// <summary>What an event of the stream means.</summary>
    public static string Of(StreamEvent happened) => happened.Kind switch
    {
        StreamEventKind.Gap => $"{Range(happened)} had not come: reading from history.",
        StreamEventKind.Repaired => $"{Range(happened)} read from history and delivered.",
        StreamEventKind.Lost => $"{Range(happened)} lost: no longer in history; positioned subscribers were told.",
        StreamEventKind.NewEpoch => "The stream began anew, with another epoch; positioned subscribers were told.",
        StreamEventKind.Duplicate => $"{Range(happened)} came again and was dropped.",
        _ => $"{Range(happened)} of another epoch came and was dropped.",
    };

    /// <summary>The whole in a sentence.</summary>
    public static string Summary(ClusterExplanation all)
    {
        var found = all.Gateways.SelectMany(gateway => gateway.Connections, (gateway, connection) => (Gateway: gateway, Connection: connection)).ToList();
        if (found.Count == 0)
        {
            return $"Nobody like that: no such connection is open on {Count(all.Gateways.Count, "gateway")} that answered, and none that had the channel ended lately.";
        }

        if (all.Query.Offset is { } offset && all.Channel.Top.Offset < offset)
        {
            return $"There is no publication {offset}: the channel's newest is {all.Channel.Top.Offset}.";
        }

        if (found.All(f => f.Connection.State == SubscriptionState.None))
        {
            return $"Not subscribed: {Count(found.Count, "connection")}, none with this channel.";
        }

        if (all.Query.Offset is not null && found.Count == 1 && found[0].Connection.Publications is [var only])
        {
            return Of(all, found[0].Gateway, found[0].Connection, only);
        }

        var outcomes = found.SelectMany(f => f.Connection.Publications).CountBy(publication => publication.Outcome).OrderBy(count => count.Key);
        var counts = string.Join(", ", outcomes.Select(count => $"{count.Value} {Words(count.Key)}"));
        return $"{Count(found.Count, "connection")}: {(counts.Length == 0 ? "no publication is remembered" : counts)}.";
    }

    /// <summary>An outcome's name in the API.</summary>
    public static string Name(DeliveryOutcome outcome) => outcome switch
    {
        DeliveryOutcome.NotArrived => "not_arrived",
        DeliveryOutcome.NotSubscribed => "not_subscribed",
        _ => Lower(outcome),
    };

    private static string Words(DeliveryOutcome outcome) => outcome switch
    {
        DeliveryOutcome.Written => "sent",
        DeliveryOutcome.Earlier => "published before it subscribed",
        DeliveryOutcome.Later => "published after it ended",
        DeliveryOutcome.Filtered => "filtered out",
        DeliveryOutcome.Derived => "sent or left out",
        DeliveryOutcome.NotArrived => "not arrived",
        DeliveryOutcome.NotSubscribed => "not subscribed",
        _ => Lower(outcome),
    };

    /// <summary>The name of a state or of a kind of event in the API.</summary>
    public static string Name<T>(T value) where T : struct, Enum => value is StreamEventKind.NewEpoch ? "new_epoch" : Lower(value);

    /// <summary>Why it is not at the gateway: what the silo knows about its queue to it.</summary>
    private static string NotArrived(ClusterExplanation all, GatewayExplanation gateway, ulong offset)
    {
        if (offset > all.Channel.Top.Offset)
        {
            return "Not published yet.";
        }

        if (gateway.IsSynchronising)
        {
            return "The gateway is catching up with the stream: it reads from history what it missed, then this.";
        }

        if (all.OutboxOf(gateway.GatewayId) is not { IsClosed: false } outbox)
        {
            return "The channel does not deliver to the connection's gateway now; the gateway subscribes again within seconds.";
        }

        if (all.Find(offset) is { } published && outbox.OverflowedAt >= published.At)
        {
            return $"The silo's queue to the gateway was full and dropped at {Time(outbox.OverflowedAt.Value)}; the gateway reads it from history.";
        }

        return $"On its way: the silo's queue to the gateway holds {Bytes(outbox.QueuedBytes)}.";
    }

    private static string End(ConnectionExplanation connection) => connection switch
    {
        { State: SubscriptionState.Closed } => $" ({connection.EndCode}: {ReasonOf(connection)})",
        { EndCode: 0 } => " (the client unsubscribed)",
        _ => $" ({connection.EndCode}: {((UnsubscribeCode)connection.EndCode).Reason()})",
    };

    /// <summary>The words for the code of a connection's end.</summary>
    public static string ReasonOf(ConnectionExplanation connection) =>
        connection.State == SubscriptionState.Closed ? ((DisconnectCode)connection.EndCode).Reason()
        : connection.EndCode == 0 ? "unsubscribed by the client" : ((UnsubscribeCode)connection.EndCode).Reason();

    private static string Range(StreamEvent happened) =>
        happened.From == happened.To ? $"Publication {happened.To}" : $"Publications {happened.From} to {happened.To}";

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private static string Bytes(long bytes) => bytes < 1024 ? $"{bytes} bytes" : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB");

    private static string Time(DateTimeOffset at) => at.ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Lower<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
