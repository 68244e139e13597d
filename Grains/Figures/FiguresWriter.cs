using System.Buffers;
using System.Text.Json;
using Orleans.Runtime;
using WsCluster.Routing;

namespace WsCluster.Grains.Figures;

/// <summary>
/// Writes the figures as the console's page reads them. Counts only grow, the page makes rates of their differences. Silos that are
/// gone for long are left out.
/// </summary>
internal static class FiguresWriter
{
    private static readonly TimeSpan DeadShownFor = TimeSpan.FromMinutes(10);

    public static byte[] Write(
        DateTimeOffset now,
        IReadOnlyList<(string Id, GatewayDescription? Figures)> gateways,
        IReadOnlyList<(MembershipEntry Member, SiloDescription? Figures)> silos)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("at", now.ToUnixTimeMilliseconds());
            json.WriteStartArray("gateways");
            foreach (var (id, figures) in gateways)
            {
                Write(json, id, figures);
            }

            json.WriteEndArray();
            json.WriteStartArray("silos");
            foreach (var (member, figures) in silos)
            {
                if (member.Status != SiloStatus.Dead || now.UtcDateTime - member.IAmAliveTime < DeadShownFor)
                {
                    Write(json, member, figures);
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, string id, GatewayDescription? figures)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteBoolean("silent", figures is null);
        if (figures is not null)
        {
            json.WriteString("name", figures.Name);
            json.WriteString("version", figures.Version);
            json.WriteNumber("uptime", (long)figures.Uptime.TotalSeconds);
            json.WriteNumber("clients", figures.Clients);
            json.WriteNumber("users", figures.Users);
            json.WriteNumber("subs", figures.Subscriptions);
            json.WriteNumber("channels", figures.Channels);
            json.WriteNumber("commands", figures.Commands);
            json.WriteNumber("deliveries", figures.Deliveries);
            json.WriteNumber("queued", figures.QueuedBytes);
            json.WriteNumber("cpu", (long)figures.CpuTime.TotalMilliseconds);
            json.WriteNumber("rss", figures.ResidentBytes);
            json.WriteBoolean("draining", figures.IsDraining);
            if (figures.DeliveryDelay is { } delay)
            {
                json.WriteNumber("delay", Math.Round(delay.TotalMilliseconds, 3));
                json.WriteNumber("slowest", Math.Round((figures.SlowestDelay ?? delay).TotalMilliseconds, 3));
            }
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, MembershipEntry member, SiloDescription? figures)
    {
        json.WriteStartObject();
        json.WriteString("id", member.SiloAddress.ToParsableString());
        json.WriteString("name", member.SiloName ?? "");
        json.WriteString("host", member.HostName ?? "");
        json.WriteString("address", member.SiloAddress.Endpoint.ToString());
        json.WriteString("status", member.Status.ToString());
        json.WriteNumber("started", Millis(member.StartTime));
        json.WriteNumber("alive", Millis(member.IAmAliveTime));
        json.WriteBoolean("silent", figures is null && member.Status == SiloStatus.Active);
        if (figures is not null)
        {
            json.WriteString("version", figures.Version);
            json.WriteNumber("uptime", (long)figures.Uptime.TotalSeconds);
            json.WriteNumber("channels", figures.Channels);
            json.WriteNumber("users", figures.Users);
            json.WriteNumber("publications", figures.Publications);
            json.WriteNumber("bytes", figures.DeliveredBytes);
            json.WriteNumber("retries", figures.Retries);
            json.WriteNumber("overflows", figures.Overflows);
            json.WriteNumber("outbox", figures.OutboxBytes);
            json.WriteNumber("history", figures.HistoryBytes);
            json.WriteNumber("cpu", (long)figures.CpuTime.TotalMilliseconds);
            json.WriteNumber("rss", figures.ResidentBytes);
        }

        json.WriteEndObject();
    }

    private static long Millis(DateTime utc) => utc == default ? 0 : new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)).ToUnixTimeMilliseconds();
}
