using System.Text.Json;

namespace WsCluster.Gateway.ServerApi;

/// <summary>Writes the objects that several results share. Zero values are left out where the protocol says so (§3).</summary>
internal static class ApiOutput
{
    /// <summary>Writes the members of a publish result: nothing for a channel without history.</summary>
    public static void WritePosition(Utf8JsonWriter json, StreamPosition position)
    {
        if (position.Offset != 0)
        {
            json.WriteNumber("offset", position.Offset);
        }

        if (!position.IsNone)
        {
            json.WriteString("epoch", position.Epoch);
        }
    }

    /// <summary>Writes where the next page of a list begins; nothing at its end.</summary>
    public static void WriteNext(Utf8JsonWriter json, string? next)
    {
        if (next is not null)
        {
            json.WriteString("next", next);
        }
    }

    /// <summary>Writes a publication as an object.</summary>
    public static void WritePublication(Utf8JsonWriter json, Publication publication)
    {
        json.WriteStartObject();
        ApiData.Write(json, "data", publication.Data);
        if (publication.Info is { } info)
        {
            json.WritePropertyName("info");
            WriteClientInfo(json, info);
        }

        if (publication.Offset != 0)
        {
            json.WriteNumber("offset", publication.Offset);
        }

        if (publication.Tags is { Count: > 0 } tags)
        {
            json.WriteStartObject("tags");
            foreach (var (name, value) in tags)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>Writes a connection's info as an object; user and client always.</summary>
    public static void WriteClientInfo(Utf8JsonWriter json, ClientInfo info)
    {
        json.WriteStartObject();
        json.WriteString("user", info.User);
        json.WriteString("client", info.Client);
        if (info.ConnInfo is { Length: > 0 } connInfo)
        {
            ApiData.Write(json, "conn_info", connInfo);
        }

        if (info.ChanInfo is { Length: > 0 } chanInfo)
        {
            ApiData.Write(json, "chan_info", chanInfo);
        }

        json.WriteEndObject();
    }
}
