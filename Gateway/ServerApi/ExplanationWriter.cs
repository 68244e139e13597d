using System.Text.Json;
using WsCluster.Gateway.Ledgers;
using WsCluster.Routing;

namespace WsCluster.Gateway.ServerApi;

/// <summary>Writes the answer of <c>explain</c>. Times are Unix milliseconds.</summary>
internal static class ExplanationWriter
{
    /// <summary>Writes the members of the result.</summary>
    public static void Write(Utf8JsonWriter json, ClusterExplanation all)
    {
        json.WriteString("answer", Reasons.Summary(all));
        WriteStream(json, all);
        json.WriteStartArray("connections");
        foreach (var gateway in all.Gateways)
        {
            foreach (var connection in gateway.Connections)
            {
                Write(json, all, gateway, connection);
            }
        }

        json.WriteEndArray();
        json.WriteStartArray("gateways");
        foreach (var gateway in all.Gateways.Where(gateway => gateway.IsSubscribed))
        {
            Write(json, all, gateway);
        }

        json.WriteEndArray();
    }

    private static void WriteStream(Utf8JsonWriter json, ClusterExplanation all)
    {
        json.WriteStartObject("stream");
        json.WriteNumber("offset", all.Channel.Top.Offset);
        json.WriteString("epoch", all.Channel.Top.Epoch ?? "");
        json.WriteString("silo", all.Channel.SiloId);
        WriteTime(json, "since", all.Channel.Since);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ClusterExplanation all, GatewayExplanation gateway, ConnectionExplanation connection)
    {
        json.WriteStartObject();
        json.WriteString("client", connection.Client);
        json.WriteString("user", connection.User);
        json.WriteString("node", gateway.GatewayId);
        json.WriteString("state", Reasons.Name(connection.State));
        WriteTime(json, "connected_at", connection.ConnectedAt);
        WriteTime(json, "subscribed_at", connection.SubscribedAt);
        if (connection.SubscribedAt is not null)
        {
            json.WriteNumber("subscribed_from", connection.SubscribedFrom);
        }

        if (connection.RecoveredAfter is { } after)
        {
            json.WriteNumber("recovered_after", after);
        }

        json.WriteBoolean("filtered", connection.IsFiltered);
        json.WriteNumber("queued_bytes", connection.QueuedBytes);
        WriteTime(json, "ended_at", connection.EndedAt);
        if (connection.EndedAt is not null)
        {
            json.WriteNumber("end_code", connection.EndCode);
            json.WriteString("end_reason", Reasons.ReasonOf(connection));
        }

        json.WriteStartArray("publications");
        foreach (var publication in connection.Publications)
        {
            json.WriteStartObject();
            json.WriteNumber("offset", publication.Offset);
            WriteTime(json, "published_at", all.Find(publication.Offset)?.At);
            WriteTime(json, "arrived_at", publication.At);
            json.WriteString("outcome", Reasons.Name(publication.Outcome));
            json.WriteString("reason", Reasons.Of(all, gateway, connection, publication));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ClusterExplanation all, GatewayExplanation gateway)
    {
        json.WriteStartObject();
        json.WriteString("node", gateway.GatewayId);
        json.WriteNumber("offset", gateway.Position.Offset);
        json.WriteBoolean("synchronising", gateway.IsSynchronising);
        if (all.OutboxOf(gateway.GatewayId) is { } outbox)
        {
            json.WriteStartObject("outbox");
            json.WriteNumber("queued_bytes", outbox.QueuedBytes);
            json.WriteBoolean("closed", outbox.IsClosed);
            WriteTime(json, "overflowed_at", outbox.OverflowedAt);
            json.WriteEndObject();
        }

        json.WriteStartArray("events");
        foreach (var happened in gateway.Events)
        {
            json.WriteStartObject();
            WriteTime(json, "at", happened.At);
            json.WriteString("kind", Reasons.Name(happened.Kind));
            json.WriteNumber("from", happened.From);
            json.WriteNumber("to", happened.To);
            json.WriteString("reason", Reasons.Of(happened));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? at)
    {
        if (at is { } time)
        {
            json.WriteNumber(name, time.ToUnixTimeMilliseconds());
        }
    }
}
