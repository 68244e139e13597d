using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Protocol;

/// <summary>Writes pushes as JSON (protocol §13).</summary>
internal static class JsonPushWriter
{
    /// <summary>Writes a push as an object.</summary>
    public static void Write(JsonOutput json, Push push, bool deltaData)
    {
        json.BeginObject();
        json.Member("channel"u8, push.Channel);
        if (push.Pub is not null)
        {
            json.Name("pub"u8);
            JsonPublicationWriter.Write(json, push.Pub, deltaData);
        }

        if (push.Join is not null)
        {
            WritePresenceChange(json, "join"u8, push.Join.Info);
        }

        if (push.Leave is not null)
        {
            WritePresenceChange(json, "leave"u8, push.Leave.Info);
        }

        if (push.Unsubscribe is not null)
        {
            json.Name("unsubscribe"u8);
            WriteEnd(json, push.Unsubscribe.Code, push.Unsubscribe.Reason);
        }

        if (push.Message is not null)
        {
            json.Name("message"u8);
            json.BeginObject();
            json.Member("data"u8, push.Message.Data);
            json.EndObject();
        }

        if (push.Subscribe is not null)
        {
            json.Name("subscribe"u8);
            WriteSubscribe(json, push.Subscribe);
        }

        if (push.Connect is not null)
        {
            json.Name("connect"u8);
            WriteConnect(json, push.Connect);
        }

        if (push.Disconnect is not null)
        {
            json.Name("disconnect"u8);
            WriteEnd(json, push.Disconnect.Code, push.Disconnect.Reason);
        }

        if (push.Refresh is not null)
        {
            json.Name("refresh"u8);
            json.BeginObject();
            json.Member("expires"u8, push.Refresh.Expires);
            json.Member("ttl"u8, push.Refresh.Ttl);
            json.EndObject();
        }

        json.EndObject();
    }

    private static void WritePresenceChange(JsonOutput json, ReadOnlySpan<byte> name, Wire.ClientInfo? info)
    {
        json.Name(name);
        json.BeginObject();
        if (info is not null)
        {
            json.Name("info"u8);
            JsonPublicationWriter.WriteInfo(json, info);
        }

        json.EndObject();
    }

    private static void WriteEnd(JsonOutput json, uint code, string reason)
    {
        json.BeginObject();
        json.Member("code"u8, code);
        json.Member("reason"u8, reason);
        json.EndObject();
    }

    private static void WriteSubscribe(JsonOutput json, Subscribe subscribe)
    {
        json.BeginObject();
        json.Member("recoverable"u8, subscribe.Recoverable);
        json.Member("epoch"u8, subscribe.Epoch);
        json.Member("offset"u8, subscribe.Offset);
        json.Member("positioned"u8, subscribe.Positioned);
        json.Member("data"u8, subscribe.Data);
        json.EndObject();
    }

    private static void WriteConnect(JsonOutput json, Connect connect)
    {
        json.BeginObject();
        json.Member("client"u8, connect.Client);
        json.Member("version"u8, connect.Version);
        json.Member("data"u8, connect.Data);
        JsonReplyWriter.WriteSubs(json, connect.Subs);
        json.Member("expires"u8, connect.Expires);
        json.Member("ttl"u8, connect.Ttl);
        json.Member("ping"u8, connect.Ping);
        json.Member("pong"u8, connect.Pong);
        json.Member("session"u8, connect.Session);
        json.Member("node"u8, connect.Node);
        json.Member("time"u8, connect.Time);
        json.EndObject();
    }
}
