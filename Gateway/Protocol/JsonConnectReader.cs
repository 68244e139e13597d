using Google.Protobuf.Collections;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Protocol;

/// <summary>Reads connect requests, with the server-side subscriptions that they may list.</summary>
internal static class JsonConnectReader
{
    /// <summary>Reads a connect request from inside its object, up to the object's end.</summary>
    public static ConnectRequest Read(ref JsonInput json)
    {
        var request = new ConnectRequest();
        while (json.NextMember())
        {
            if (json.IsMember("token"u8))
            {
                request.Token = json.ReadString();
            }
            else if (json.IsMember("data"u8))
            {
                request.Data = json.ReadRaw();
            }
            else if (json.IsMember("subs"u8))
            {
                ReadSubs(ref json, request.Subs);
            }
            else if (json.IsMember("name"u8))
            {
                request.Name = json.ReadString();
            }
            else if (json.IsMember("version"u8))
            {
                request.Version = json.ReadString();
            }
            else if (json.IsMember("headers"u8))
            {
                ReadHeaders(ref json, request.Headers);
            }
            else
            {
                json.SkipMember();
            }
        }

        return request;
    }

    private static void ReadSubs(ref JsonInput json, MapField<string, SubscribeRequest> subs)
    {
        subs.Clear();
        if (!json.BeginObject())
        {
            return;
        }

        while (json.NextMember())
        {
            var channel = json.ReadName();
            subs[channel] = json.BeginObject() ? JsonRequestReader.ReadSubscribe(ref json) : new SubscribeRequest();
        }
    }

    private static void ReadHeaders(ref JsonInput json, MapField<string, string> headers)
    {
        headers.Clear();
        if (!json.BeginObject())
        {
            return;
        }

        while (json.NextMember())
        {
            var name = json.ReadName();
            headers[name] = json.ReadString();
        }
    }
}
