using Google.Protobuf;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Protocol;

/// <summary>Writes publications and who made them as JSON.</summary>
internal static class JsonPublicationWriter
{
    /// <summary>Writes publications as an array.</summary>
    public static void WriteAll(JsonOutput json, IList<Wire.Publication> publications, bool deltaData)
    {
        json.BeginArray();
        foreach (var publication in publications)
        {
            Write(json, publication, deltaData);
        }

        json.EndArray();
    }

    /// <summary>Writes a publication as an object.</summary>
    public static void Write(JsonOutput json, Wire.Publication publication, bool deltaData)
    {
        json.BeginObject();
        if (deltaData)
        {
            WriteDeltaData(json, publication.Data, publication.Delta);
        }
        else
        {
            json.Member("data"u8, publication.Data);
        }

        if (publication.Info is not null)
        {
            json.Name("info"u8);
            WriteInfo(json, publication.Info);
        }

        json.Member("offset"u8, publication.Offset);
        if (publication.Tags.Count > 0)
        {
            json.Name("tags"u8);
            json.BeginObject();
            foreach (var (tag, value) in publication.Tags)
            {
                json.Name(tag);
                json.Value(value);
            }

            json.EndObject();
        }

        json.Member("delta"u8, publication.Delta);
        json.EndObject();
    }

    /// <summary>Writes client info as an object; user and client are there even when empty.</summary>
    public static void WriteInfo(JsonOutput json, Wire.ClientInfo info)
    {
        json.BeginObject();
        json.Name("user"u8);
        json.Value(info.User);
        json.Name("client"u8);
        json.Value(info.Client);
        json.Member("conn_info"u8, info.ConnInfo);
        json.Member("chan_info"u8, info.ChanInfo);
        json.EndObject();
    }

    // A string in any case, so that clients can tell deltas and documents apart by the flag alone. The document keeps
    // every byte, its newlines too: it is the base of the next delta, whose offsets count bytes.
    private static void WriteDeltaData(JsonOutput json, ByteString data, bool isDelta)
    {
        if (data.IsEmpty)
        {
            return;
        }

        if (!isDelta && !JsonData.IsValid(data.Span))
        {
            json.Invalidate(); // clients parse the document they find in the string
            return;
        }

        json.Name("data"u8);
        json.Text(data.Span);
    }
}
